import 'react'

declare module 'react' {
  interface CSSProperties {
    /** A custom property, by which a component hands a number to its style sheet. */
    readonly [name: `--${string}`]: string | number
  }
}

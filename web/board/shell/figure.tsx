import type { ReactNode } from 'react'

/** One number of a `.numbers` list, with what it is. */
export function Figure({ title, value }: { readonly title: string; readonly value: string }): ReactNode {
  return (
    <div className="number">
      <dt>{title}</dt>
      <dd className="number-small">{value}</dd>
    </div>
  )
}

import type { ReactNode } from 'react'

/** The heading of a screen, with a sentence about what it shows. It takes the focus when the screen is turned to. */
export function ScreenHeading({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ReactNode
}): ReactNode {
  return (
    <div className="screen-heading">
      <h1 tabIndex={-1}>{title}</h1>
      {children !== undefined && <p className="quiet">{children}</p>}
    </div>
  )
}

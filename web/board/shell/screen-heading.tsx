import type { ReactNode } from 'react'
import { ScreenTitle } from './screen-title.tsx'

/** The heading of a screen, with a sentence about what it shows. */
export function ScreenHeading({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ReactNode
}): ReactNode {
  return (
    <div className="screen-heading">
      <ScreenTitle>{title}</ScreenTitle>
      {children !== undefined && <p className="quiet">{children}</p>}
    </div>
  )
}

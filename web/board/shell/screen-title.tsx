import { type ReactNode, useEffect, useRef } from 'react'

/** Whether no screen was shown yet. Then the focus stays where the browser has it. */
let isFirst = true

/** The title of a screen. Who turns to the screen is taken to it, as by a page that is loaded. */
export function ScreenTitle({
  id,
  children: title,
}: {
  readonly id?: string
  readonly children: string
}): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (!isFirst) {
      heading.current?.focus({ preventScroll: true })
      scrollTo({ top: 0 })
    }
    isFirst = false
  }, [])
  useEffect(() => {
    document.title = `${title} · Vaultline`
  }, [title])
  return (
    <h1 ref={heading} id={id} tabIndex={-1}>
      {title}
    </h1>
  )
}

import { type ReactNode, useState } from 'react'

/** What a status means at a glance. It is never told by the colour alone: the words are beside it. */
export type Tone = 'running' | 'good' | 'bad' | 'warn' | 'waiting' | 'planned'

/** A status. It lights up when it changes. */
export function Status({
  tone,
  children: words,
}: {
  readonly tone: Tone
  readonly children: string
}): ReactNode {
  const [first] = useState(words)
  // A new element begins its animation anew.
  return (
    <span key={words} className={`status status-${tone} ${words === first ? '' : 'status-new'}`}>
      {words}
    </span>
  )
}

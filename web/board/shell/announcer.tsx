import { type ReactNode, useSyncExternalStore } from 'react'

/** Between two announcements, so that what happens together is read together. */
const pauseMs = 4000

let spoken = ''
let waiting: string[] = []
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

/** Has a screen reader say something when it has time: what a person came for, and not every step towards it. */
export function announce(text: string): void {
  waiting.push(text)
  if (timer === undefined) speak()
}

function speak(): void {
  timer = undefined
  if (waiting.length === 0) return
  spoken = waiting.length > 3 ? `${waiting.length} changes. ${waiting.at(-1)}` : waiting.join(' ')
  waiting = []
  timer = setTimeout(speak, pauseMs)
  for (const listener of listeners) listener()
}

/** Where it is said. */
export function Announcer(): ReactNode {
  const text = useSyncExternalStore(subscribe, () => spoken)
  return (
    <p className="visually-hidden" role="status" aria-label="News">
      {text}
    </p>
  )
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

import { type ReactNode, useSyncExternalStore } from 'react'
import { ago, inFull, lasting } from './time.ts'

const tickMs = 1000
const listeners = new Set<() => void>()
let nowMs = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

/** A moment, told from now, and in full to whoever points at it. */
export function Ago({ moment }: { readonly moment: string }): ReactNode {
  const text = ago(moment, useNow())
  return (
    <time dateTime={moment} title={inFull(moment)}>
      {text}
    </time>
  )
}

/** How long something that has not ended takes by now. */
export function Since({ moment }: { readonly moment: string }): ReactNode {
  return lasting(useNow() - Date.parse(moment))
}

/** The time of day in milliseconds, one second after the other. All who ask share one timer. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, tickMs)
  tick()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function tick(): void {
  nowMs = Date.now()
  for (const listener of listeners) listener()
}

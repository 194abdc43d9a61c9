import { keepAlivePath } from './browser-sessions.ts'
import type { CallKind, UpstreamEvents } from './observed-call.ts'

/** How often something was written through this gateway. What was read before the last write tells how it was before. */
export interface WriteCount {
  /** Grows when a write has ended, whatever became of it, and when another replica tells of one. */
  current(): number
  /** Counts the writes that these events tell of, and hands everything on. */
  counting(events: UpstreamEvents): UpstreamEvents
  /** Is called after each write through this process. */
  onWritten(listener: () => void): void
  /** Counts what is no call of this process: a write through another replica, or that a session has ended here. */
  note(): void
}

const isWrite = ({ method, route }: CallKind) => method !== 'GET' && route !== keepAlivePath.route

/** Makes a count of writes to all upstreams. */
export function createWriteCount(): WriteCount {
  const listeners: (() => void)[] = []
  let count = 0
  return {
    current: () => count,
    counting: (events) => ({
      ...events,
      onCall(kind, outcome, durationMs) {
        if (isWrite(kind)) {
          count += 1
          for (const listener of listeners) listener()
        }
        events.onCall(kind, outcome, durationMs)
      },
    }),
    onWritten: (listener) => void listeners.push(listener),
    note() {
      count += 1
    },
  }
}

import type { Access } from '../core/identity.ts'
import type { JobMemory } from './memory.ts'
import type { StatusWindows } from './status-window.ts'

/** A timer may fire a little before its time. A look that comes too early for the window would see nothing new. */
const windowMarginMs = 10

/** What tells how long the status of a job may not be asked. */
export interface StatusWaitFloor {
  readonly memory: JobMemory
  readonly windows: StatusWindows
  readonly pollIntervalMs: number
}

/** How long until Vault would answer the status of this job again, in milliseconds. 0: now, or nobody can tell. */
function waitMs({ windows, memory }: StatusWaitFloor, access: Access, id: string): number {
  // Where somebody else has used the window, waiting might go on for ever, and the lists are the way.
  if (!memory.hasAskedLately(access, id)) return 0
  const openInMs = windows.waitMs(id)
  return Number.isFinite(openInMs) ? openInMs : 0
}

/** How long a look at the status of this job is to wait until it tells something new, in milliseconds. 0: it may come at once. */
export function statusWaitMs(floor: StatusWaitFloor, access: Access, id: string): number {
  const openInMs = waitMs(floor, access, id)
  return openInMs > 0 ? openInMs + windowMarginMs : 0
}

/** Whether the status of this job may not be asked before the next round: until then the lists alone tell what becomes of it. */
export const isOutOfReach = (floor: StatusWaitFloor, access: Access, id: string): boolean =>
  waitMs(floor, access, id) > floor.pollIntervalMs

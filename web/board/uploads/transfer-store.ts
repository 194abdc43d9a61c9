import type { Problem } from '../gateway/problem.ts'

/** An upload that this page works on, or has the file of. */
export interface Transfer {
  /** `waiting`: others are sent first. */
  readonly state: 'waiting' | 'sending' | 'paused' | 'committing'
  readonly file: File | undefined
  /** How much has gone, in bytes: more than has arrived. */
  readonly sentBytes: number
  /** Why it has paused; nothing where a person wanted it. */
  readonly problems: readonly Problem[]
}

/** A file whose parts have all arrived, and the job of Vault that puts it together. */
export interface CommittedUpload {
  readonly path: string
  readonly name: string
  readonly jobId: string
}

/** All that this page has to do with uploads. A change makes a new one. */
export interface Transfers {
  /** By the ids of their upload sessions. */
  readonly open: ReadonlyMap<string, Transfer>
  readonly committed: readonly CommittedUpload[]
}

let transfers: Transfers = { open: new Map(), committed: [] }
const listeners = new Set<() => void>()

/** For `useSyncExternalStore`. It lives outside of the screen, so that uploads go on when another screen is turned to. */
export const transferStore = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  current: (): Transfers => transfers,
}

/** Tells how an upload stands. */
export function tellTransfer(id: string, transfer: Transfer): void {
  become({ ...transfers, open: new Map(transfers.open).set(id, transfer) })
}

/** Tells that an upload is over for this page. */
export function endTransfer(id: string): void {
  const open = new Map(transfers.open)
  open.delete(id)
  become({ ...transfers, open })
}

/** Tells that Vault puts a file together. */
export function tellCommitted(upload: CommittedUpload): void {
  become({ ...transfers, committed: [upload, ...transfers.committed] })
}

function become(next: Transfers): void {
  transfers = next
  for (const listener of listeners) listener()
}

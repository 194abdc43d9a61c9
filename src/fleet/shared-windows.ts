import { deserialize, serialize } from 'node:v8'
import type { SealedBytes } from '../core/sealed-bytes.ts'
import type { RedisConnection } from './redis-connection.ts'
import { claimWindow, deleteKey, settleWindow } from './window-scripts.ts'

/** What the other replicas say to one that wants to use a window. */
export type Claim<Seen> =
  /** It is theirs: to be followed by `settle` or `release`. */
  | { readonly isOurs: true }
  /** It is used. `seen` is what this caller was told with that, on whichever replica. */
  | { readonly isOurs: false; readonly waitMs: number; readonly seen: Seen | undefined }

/**
 * Windows in which something may be asked once, by whichever replica. Where the others cannot be reached, each claim is
 * granted: the replica then keeps the rule as far as it alone can.
 */
export interface SharedWindows<Seen> {
  /**
   * @param id names the window
   * @param callerKey whose call it is to be
   * @param windowMs how long the window lasts, in milliseconds
   */
  claim(id: string, callerKey: string, windowMs: number): Promise<Claim<Seen>>
  /** The call was made: the window ends when the time has passed from now. Keeps for its caller what it was told. */
  settle(id: string, callerKey: string, windowMs: number, seen: Seen): void
  /** The call did not count. */
  release(id: string): void
  /** What this caller was told is out of date. The window stays as it is. */
  forget(id: string, callerKey: string): void
}

/** Makes the windows of some name. What is seen is plain data (structured clone). */
export type SharedWindowsFactory = <Seen>(name: string) => SharedWindows<Seen>

const granted = Promise.resolve({ isOurs: true } as const)

/** The windows of a gateway of one process, which knows them all by itself. */
export const loneWindows: SharedWindowsFactory = () => ({
  claim: () => granted,
  settle() {},
  release() {},
  forget() {},
})

/** What {@link createSharedWindows} needs. */
export interface SharedWindowsOptions {
  readonly redis: RedisConnection
  readonly sealed: SealedBytes
}

/** Makes the windows that all replicas share. Their names are hashes, and what was seen is sealed. */
export function createSharedWindows<Seen>(
  { redis, sealed }: SharedWindowsOptions,
  name: string,
): SharedWindows<Seen> {
  const keysOf = (id: string, callerKey: string): readonly [string, string] => {
    const window = `vaultline:{${sealed.nameOf(`${name} ${id}`)}}`
    return [window, `${window}:${sealed.nameOf(callerKey)}`]
  }
  return {
    async claim(id, callerKey, windowMs) {
      if (!redis.isConnected()) return { isOurs: true }
      const keys = keysOf(id, callerKey)
      // Out of reach is as good as alone; the connection tells the operator.
      const answer = await redis.run(claimWindow, keys, [String(Math.ceil(windowMs))]).catch(() => [])
      const [leftMs, seen] = Array.isArray(answer) ? answer : []
      if (leftMs === undefined) return { isOurs: true }
      const opened = Buffer.isBuffer(seen) ? sealed.open(seen, keys[1]) : undefined
      return {
        isOurs: false,
        waitMs: Math.max(0, Number(leftMs)),
        seen: opened === undefined ? undefined : deserialize(opened),
      }
    },
    settle(id, callerKey, windowMs, seen) {
      const keys = keysOf(id, callerKey)
      const given = [String(Math.ceil(windowMs)), sealed.seal(serialize(seen), keys[1])]
      redis.run(settleWindow, keys, given).catch(() => {})
    },
    release(id) {
      redis.run(deleteKey, [keysOf(id, '')[0]], []).catch(() => {})
    },
    forget(id, callerKey) {
      redis.run(deleteKey, [keysOf(id, callerKey)[1]], []).catch(() => {})
    },
  }
}

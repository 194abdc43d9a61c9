import { randomUUID } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import type { SealedBytes } from '../core/sealed-bytes.ts'
import type { RedisConnection } from './redis-connection.ts'
import { claimWindow, forgetSeen, releaseWindow, settleWindow } from './window-scripts.ts'

/** The leave to use a window. One of its functions is to be called. */
export interface OwnWindow<Seen> {
  readonly isOurs: true
  /**
   * The call was made: the window ends when its time has passed from now.
   *
   * @param seen what its caller was told, which is kept for it; left out: nothing
   */
  settle(seen?: Seen): void
  /** The call did not count. */
  release(): void
}

/** What the other replicas say to one that wants to use a window. */
export type Claim<Seen> =
  | OwnWindow<Seen>
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
  /** What this caller was told is out of date. The window stays as it is. */
  forget(id: string, callerKey: string): void
}

/** Makes the windows of some name. What is seen is plain data (structured clone). */
export type SharedWindowsFactory = <Seen>(name: string) => SharedWindows<Seen>

const granted = Promise.resolve<OwnWindow<unknown>>({ isOurs: true, settle() {}, release() {} })

/** The windows of a gateway of one process, which knows them all by itself. */
export const loneWindows: SharedWindowsFactory = () => ({
  claim: () => granted,
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
  const ownWindow = (keys: readonly [string, string], windowMs: string, holder: string): OwnWindow<Seen> => ({
    isOurs: true,
    settle(seen) {
      const told = seen === undefined ? [] : [sealed.seal(serialize(seen), keys[1])]
      redis.run(settleWindow, keys, [windowMs, holder, ...told]).catch(() => {})
    },
    release: () => void redis.run(releaseWindow, [keys[0]], [holder]).catch(() => {}),
  })

  return {
    async claim(id, callerKey, forMs) {
      const keys = keysOf(id, callerKey)
      const [windowMs, holder] = [String(Math.ceil(forMs)), randomUUID()]
      const own = ownWindow(keys, windowMs, holder)
      if (!redis.isConnected()) return own
      // Out of reach is as good as alone; the connection tells the operator.
      const answer = await redis.run(claimWindow, keys, [windowMs, holder]).catch(() => [])
      const [leftMs, seen] = Array.isArray(answer) ? answer : []
      if (leftMs === undefined) return own
      const opened = Buffer.isBuffer(seen) ? sealed.open(seen, keys[1]) : undefined
      return {
        isOurs: false,
        waitMs: Math.max(0, Number(leftMs)),
        seen: opened === undefined ? undefined : deserialize(opened),
      }
    },
    forget(id, callerKey) {
      redis.run(forgetSeen, [keysOf(id, callerKey)[1]], []).catch(() => {})
    },
  }
}

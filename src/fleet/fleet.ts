import { createSealedBytes } from '../core/sealed-bytes.ts'
import type { Clock } from '../core/time.ts'
import type { Bus } from './bus.ts'
import type { FleetEvents } from './events.ts'
import { createMemoryHub } from './memory-bus.ts'
import { createRedisBus } from './redis-bus.ts'
import { createRedisConnection } from './redis-connection.ts'
import { createSharedWindows, loneWindows, type SharedWindowsFactory } from './shared-windows.ts'

/** The shortest and the longest lease of who leads, in milliseconds. Between them it is half an interval. */
const minLeaseMs = 500
const maxLeaseMs = 5000

/** What the replicas of one gateway have in common. */
export interface Fleet {
  readonly bus: Bus
  readonly windows: SharedWindowsFactory
  close(): Promise<void>
}

/** Settings of a {@link Fleet}. */
export interface FleetOptions {
  /** Addresses of one Redis or Valkey, or of one cluster of them. Empty: the gateway is one process. */
  readonly urls: readonly string[]
  /** The first one seals and names, each of them opens. */
  readonly secrets: readonly [string, ...string[]]
  /** What is shared with replicas of the same kind only: those of this version, with these upstreams. */
  readonly kind: string
  readonly pollIntervalMs: number
  readonly clock: Clock
  /** Who is told of roles. Nobody, by default. */
  readonly events?: FleetEvents
  /** Called when the other replicas come into reach, and when they go. */
  onReach(isInReach: boolean, reason: string): void
}

/** Makes the fleet, or what stands for it in a gateway of one process. */
export function createFleet({ urls, secrets, kind, pollIntervalMs, onReach, ...floor }: FleetOptions): Fleet {
  const [first, ...others] = urls
  if (first === undefined) {
    return { bus: createMemoryHub().connect(), windows: loneWindows, close: async () => {} }
  }
  let reason = ''
  const onFailure = (error: unknown) => {
    reason = error instanceof Error ? error.message : String(error)
  }
  const redis = createRedisConnection({ urls: [first, ...others], clock: floor.clock, onFailure })
  redis.watch((isConnected) => onReach(isConnected, reason))
  const sealed = createSealedBytes(secrets, `vaultline fleet ${kind}`)
  const leaseMs = Math.min(maxLeaseMs, Math.max(minLeaseMs, pollIntervalMs / 2))
  const bus = createRedisBus({ redis, sealed, leaseMs, ...floor })
  return { bus, windows: (name) => createSharedWindows({ redis, sealed }, name), close: bus.close }
}

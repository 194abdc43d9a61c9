import { createSealedBytes } from '../../src/core/sealed-bytes.ts'
import { createRedisBus } from '../../src/fleet/redis-bus.ts'
import { createSharedWindows } from '../../src/fleet/shared-windows.ts'
import { createFakeClock } from './fake-clock.ts'
import { windowMs } from './job-reader.ts'
import { jobReplica } from './job-watch-bench.ts'
import { createPausable } from './pausable.ts'
import { settled } from './settled.ts'
import { createSimulatedRedis } from './simulated-redis.ts'
import { createSimulatedVault, type SimulatedNetwork } from './simulated-vault.ts'

/** How a fleet is set up. */
export interface JobFleetOptions {
  readonly replicas: number
  /** Between Vault and each of them. */
  readonly network: SimulatedNetwork
  /** How long a message to or from Redis takes, in milliseconds. */
  redisLatencyMs(): number
  random(): number
}

/** As `createFleet` reckons it for this interval. */
const leaseMs = 5000

/** The watches of jobs of several replicas, over one simulated Vault, one simulated Redis and one fake clock. */
export function jobFleetBench({ replicas, network, redisLatencyMs, random }: JobFleetOptions) {
  const clock = createFakeClock()
  const vault = createSimulatedVault(clock, windowMs, network)
  const redis = createSimulatedRedis(clock)
  const sealed = createSealedBytes(['a-secret-of-enough-length'], 'test')

  const createReplica = () => {
    const life = createPausable(clock)
    const link = redis.connect(life.clock, redisLatencyMs)
    const bus = createRedisBus({ redis: link, sealed, clock: life.clock, leaseMs })
    const replica = jobReplica({
      clock: life.clock,
      client: life.hearing(vault),
      bus,
      windows: (name) => createSharedWindows({ redis: link, sealed }, name),
      pollIntervalMs: windowMs,
      random,
    })
    return { ...replica, bus, link, pause: life.pause, wake: life.wake }
  }
  return {
    clock,
    vault,
    redis,
    replicas: Array.from({ length: replicas }, createReplica),
    /** Lets time pass from event to event. */
    async pass(ms: number) {
      const untilMs = clock.now() + ms
      while (clock.now() < untilMs) {
        clock.advance(Math.min(untilMs - clock.now(), clock.untilNextMs()))
        await settled()
      }
    },
  }
}

import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { UpstreamService } from '../core/errors.ts'
import type { CallsSaved, SavedBy, UpstreamEvents } from '../upstream/observed-call.ts'
import type { UpstreamHealth } from '../upstream/upstream-health.ts'

/** Where the bars of durations end, in seconds. */
const durationBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const savings: readonly SavedBy[] = ['batching', 'sharing', 'observations']

/** Shows of each upstream whether it is left alone, and how many calls are under way and wait. They are asked for at each scrape. */
export function showUpstreamHealth(
  registry: Registry,
  health: Readonly<Record<UpstreamService, UpstreamHealth>>,
): void {
  const registers = [registry]
  const services = ['vault', 'feldera'] as const
  new Gauge({
    name: 'vaultline_upstream_circuit_open',
    help: '1 while a service is left alone, since it has failed time and again, or is being tried again; else 0.',
    labelNames: ['service'],
    registers,
    collect() {
      for (const service of services) this.set({ service }, health[service].circuit() === 'closed' ? 0 : 1)
    },
  })
  new Gauge({
    name: 'vaultline_upstream_calls_in_queue',
    help: 'Calls that have their turn (under way), and calls that wait for it (waiting).',
    labelNames: ['service', 'state'],
    registers,
    collect() {
      for (const service of services) {
        const { underWay, waiting } = health[service].calls()
        this.set({ service, state: 'under way' }, underWay)
        this.set({ service, state: 'waiting' }, waiting)
      }
    },
  })
}

/** Counts calls to the upstreams, and those that were not needed. */
export function createUpstreamMetrics(registry: Registry): { upstream: UpstreamEvents; saved: CallsSaved } {
  const registers = [registry]
  const calls = new Counter({
    name: 'vaultline_upstream_calls_total',
    help: 'Calls to Vault and Feldera by route of the code, and outcome: OK, an error code, or CANCELLED. Retries are not counted apart.',
    labelNames: ['service', 'method', 'route', 'outcome'],
    registers,
  })
  const durations = new Histogram({
    name: 'vaultline_upstream_call_duration_seconds',
    help: 'How long calls took, retries and the wait for a connection included; of a file, until it began.',
    labelNames: ['service', 'method', 'route'],
    buckets: durationBuckets,
    registers,
  })
  const saved = new Counter({
    name: 'vaultline_upstream_calls_saved_total',
    help: 'Calls that were not needed: one was made for several keys, one under way was joined, or what was seen before was fresh.',
    labelNames: ['by'],
    registers,
  })
  for (const by of savings) saved.inc({ by }, 0)
  const burstLimit = new Gauge({
    name: 'vaultline_vault_burst_limit_remaining',
    help: 'Calls that Vault last said are left of its burst limit (X-VaultAPI-BurstLimitRemaining).',
    registers,
  })
  // Nothing is known until Vault has told, and 0 would say that nothing is left.
  burstLimit.remove()
  return {
    upstream: {
      onCall({ service, method, route }, outcome, durationMs) {
        calls.inc({ service, method, route, outcome })
        durations.observe({ service, method, route }, durationMs / 1000)
      },
      onBurstLimit: (remaining) => burstLimit.set(remaining),
    },
    saved(by, count) {
      if (count !== 0) saved.inc({ by }, count)
    },
  }
}

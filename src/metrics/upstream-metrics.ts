import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { CallsSaved, SavedBy, UpstreamEvents } from '../upstream/observed-call.ts'

/** Where the bars of durations end, in seconds. */
const durationBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const savings: readonly SavedBy[] = ['batching', 'sharing', 'observations']

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
    saved: (by, count) => saved.inc({ by }, count),
  }
}

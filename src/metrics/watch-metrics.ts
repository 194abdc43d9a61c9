import { Gauge, type Registry } from 'prom-client'
import type { WatchEvents } from '../watch/events.ts'

/** Shows what is watched. */
export function createWatchMetrics(registry: Registry): WatchEvents {
  const watches = new Gauge({
    name: 'vaultline_watches',
    help: 'Loops that look at an upstream, or hear from another replica that does: one for each caller and resource.',
    labelNames: ['resource'],
    registers: [registry],
  })
  const followed = new Gauge({
    name: 'vaultline_followed_things',
    help: 'Things that these loops follow, over all callers.',
    labelNames: ['resource'],
    registers: [registry],
  })
  return {
    onWatches: (resource, change) => watches.inc({ resource }, change),
    onFollowed: (resource, change) => followed.inc({ resource }, change),
  }
}

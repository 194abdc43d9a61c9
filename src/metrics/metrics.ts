import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { UpstreamService } from '../core/errors.ts'
import type { FleetEvents } from '../fleet/events.ts'
import type { GraphEvents } from '../graphql/events.ts'
import type { HttpEvents } from '../server/http.ts'
import type { CallsSaved, UpstreamEvents } from '../upstream/observed-call.ts'
import type { UpstreamHealth } from '../upstream/upstream-health.ts'
import type { WatchEvents } from '../watch/events.ts'
import { createFleetMetrics } from './fleet-metrics.ts'
import { createGraphMetrics } from './graph-metrics.ts'
import { createUpstreamMetrics, showUpstreamHealth } from './upstream-metrics.ts'
import { createWatchMetrics } from './watch-metrics.ts'

/** All metrics of a process, by who tells what. */
export interface Metrics {
  readonly graph: GraphEvents
  readonly http: HttpEvents
  readonly upstream: UpstreamEvents
  readonly saved: CallsSaved
  readonly watch: WatchEvents
  readonly fleet: FleetEvents
  /** Shows from now on whether Redis can be reached. Not called where there is none: then there is no such value. */
  showRedis(isConnected: () => boolean): void
  /** Shows from now on which upstreams are left alone, and how many calls wait for them. */
  showUpstreams(health: Readonly<Record<UpstreamService, UpstreamHealth>>): void
  /** Shows from now on how many connections of clients are open. */
  showConnections(count: () => Promise<number>): void
  readonly contentType: string
  /** All of it, in Prometheus' format. */
  text(): Promise<string>
}

/**
 * Makes the metrics of a process.
 *
 * @param version of the gateway
 */
export function createMetrics(version: string): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'vaultline_build_info',
    help: 'Always 1; the label tells the version of the gateway.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1)
  return {
    ...createGraphMetrics(registry),
    ...createUpstreamMetrics(registry),
    ...createFleetMetrics(registry),
    watch: createWatchMetrics(registry),
    showUpstreams: (health) => showUpstreamHealth(registry, health),
    showConnections(count) {
      new Gauge({
        name: 'vaultline_connections',
        help: 'Open connections of clients, HTTP and WebSocket together.',
        registers,
        async collect() {
          this.set(await count())
        },
      })
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

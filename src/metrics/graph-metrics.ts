import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { GraphEvents } from '../graphql/events.ts'
import type { HttpEvents } from '../server/http.ts'

/** Where the bars of request durations end, in seconds: from what memory answers to what Vault needs at its slowest. */
const durationBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** The same for deliveries, which are faster: the change was seen already. */
const lagBuckets = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Counts what clients ask and are told. */
export function createGraphMetrics(registry: Registry): { graph: GraphEvents; http: HttpEvents } {
  const registers = [registry]
  const operations = new Counter({
    name: 'vaultline_operations_total',
    help: 'Operations by type, root field of the schema and code of the first error; a subscription counts when it begins.',
    labelNames: ['type', 'field', 'code'],
    registers,
  })
  const joined = new Counter({
    name: 'vaultline_operations_joined_total',
    help: 'Queries that were not run for themselves, since their caller had an equal one under way. They count as operations, too.',
    registers,
  })
  const toldAgain = new Counter({
    name: 'vaultline_operations_told_again_total',
    help: 'Queries that were not run, since all that they ask for was remembered as their caller was last told it. They count as operations, too.',
    registers,
  })
  const durations = new Histogram({
    name: 'vaultline_operation_duration_seconds',
    help: 'How long queries and mutations took.',
    labelNames: ['type'],
    buckets: durationBuckets,
    registers,
  })
  const errors = new Counter({
    name: 'vaultline_errors_total',
    help: 'Errors that clients were shown, by code; an answer may have several.',
    labelNames: ['code'],
    registers,
  })
  const requests = new Counter({
    name: 'vaultline_http_requests_total',
    help: 'HTTP requests by route, method and status. A stream of events and a download count when they end.',
    labelNames: ['route', 'method', 'status'],
    registers,
  })
  const subscribers = new Gauge({
    name: 'vaultline_subscribers',
    help: 'Open subscriptions of clients.',
    registers,
  })
  const deliveries = new Counter({
    name: 'vaultline_deliveries_total',
    help: 'Results that were handed to the connections of subscribers.',
    registers,
  })
  const lags = new Histogram({
    name: 'vaultline_delivery_lag_seconds',
    help: 'From when this process learned of a change until its result was handed to the last subscriber of a group.',
    buckets: lagBuckets,
    registers,
  })
  return {
    graph: {
      onAnswer({ type, field }, code, durationMs) {
        operations.inc({ type, field, code })
        if (durationMs !== undefined) durations.observe({ type }, durationMs / 1000)
      },
      onJoined: () => joined.inc(),
      onToldAgain: () => toldAgain.inc(),
      onError: (code) => errors.inc({ code }),
      onSubscribers: (change) => subscribers.inc(change),
      onDelivered(count, lagMs) {
        deliveries.inc(count)
        if (lagMs !== undefined && count > 0) lags.observe(Math.max(0, lagMs) / 1000)
      },
    },
    http: { onAnswered: (route, method, status) => requests.inc({ route, method, status }) },
  }
}

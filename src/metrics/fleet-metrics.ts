import { Counter, Gauge, type Registry } from 'prom-client'
import type { Role } from '../fleet/bus.ts'
import type { FleetEvents } from '../fleet/events.ts'
import type { Metrics } from './metrics.ts'

const roles: readonly Role[] = ['leading', 'following', 'alone']
const changes = ['gained', 'lost', 'released'] as const

/** Shows the place of this replica among others. Without Redis all of it stays 0, and whether Redis is connected is not shown. */
export function createFleetMetrics(registry: Registry): { fleet: FleetEvents } & Pick<Metrics, 'showRedis'> {
  const registers = [registry]
  const topics = new Gauge({
    name: 'vaultline_topics',
    help: 'Topics (a caller and a resource) by the role of this replica: it leads and looks, follows another one, or is alone since Redis is out of reach.',
    labelNames: ['role'],
    registers,
  })
  for (const role of roles) topics.set({ role }, 0)
  const leases = new Counter({
    name: 'vaultline_lease_changes_total',
    help: 'Leases of topics that this replica gained, lost to another one or with Redis, or released since nobody subscribes here any more.',
    labelNames: ['change'],
    registers,
  })
  for (const change of changes) leases.inc({ change }, 0)
  const connected = new Gauge({
    name: 'vaultline_redis_connected',
    help: 'Whether Redis can be reached: 1 or 0. Not there without REDIS_URL.',
    registers,
    collect() {
      if (isConnected !== undefined) this.set(isConnected() ? 1 : 0)
    },
  })
  connected.remove()
  let isConnected: (() => boolean) | undefined
  return {
    fleet: {
      onRole(before, after) {
        if (before !== undefined) topics.dec({ role: before })
        if (after !== undefined) topics.inc({ role: after })
        if (after === 'leading') leases.inc({ change: 'gained' })
        else if (before === 'leading') leases.inc({ change: after === undefined ? 'released' : 'lost' })
      },
    },
    showRedis(read) {
      isConnected = read
    },
  }
}

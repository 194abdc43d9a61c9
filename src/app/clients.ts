import type { UpstreamService } from '../core/errors.ts'
import { createSealedLinks } from '../core/sealed-links.ts'
import { createFleet, type Fleet } from '../fleet/fleet.ts'
import { shareBurst } from '../fleet/shared-burst.ts'
import { shareWrites } from '../fleet/shared-writes.ts'
import { createBrowserSessions } from '../upstream/browser-sessions.ts'
import { createFelderaClient, type FelderaClient } from '../upstream/feldera.ts'
import type { UpstreamHealth } from '../upstream/upstream-health.ts'
import { createVaultClient, type VaultClient } from '../upstream/vault.ts'
import { createWriteCount, type WriteCount } from '../upstream/write-count.ts'
import { createWorkerPool } from '../workers/pool.ts'
import { type AppBase, version } from './base.ts'

/** What calls the upstreams, and counts what it writes there. */
export interface Clients {
  readonly vault: VaultClient
  readonly feldera: FelderaClient
  readonly health: Readonly<Record<UpstreamService, UpstreamHealth>>
  readonly writes: WriteCount
}

/** Makes the clients of both upstreams, and lets operators see how they are. */
export function createClients({ settings, log, upstreams, metrics, clock }: AppBase): Clients {
  const writes = createWriteCount()
  const common = { timeoutMs: settings.upstreamTimeoutMs, events: writes.counting(metrics.upstream), clock }
  const vault = createVaultClient({
    ...common,
    url: upstreams.vaultUrl,
    apiVersion: settings.vaultApiVersion,
  })
  const feldera = createFelderaClient({
    ...common,
    url: upstreams.felderaUrl,
    apiKey: upstreams.felderaApiKey,
  })
  const health = { vault: vault.health, feldera: feldera.health }
  metrics.showUpstreams(health)
  for (const [service, { onCircuit }] of Object.entries(health)) {
    onCircuit((circuit) => {
      if (circuit === 'open')
        log.warn({ service }, 'an upstream has failed time and again, and is left alone')
      if (circuit === 'closed') log.warn({ service }, 'an upstream answers again')
    })
  }
  return { vault, feldera, health, writes }
}

/** Finds the other replicas, and shares with them what Vault tells of its limits and that something was written. */
export function joinFleet(base: AppBase, { vault, writes }: Clients): Fleet {
  const { settings, log, upstreams, secrets, metrics, clock } = base
  const fleet = createFleet({
    urls: settings.redisUrls,
    secrets,
    kind: [version, upstreams.vaultUrl, upstreams.felderaUrl].join(' '),
    pollIntervalMs: settings.pollIntervalMs,
    clock,
    events: metrics.fleet,
    onReach(isInReach, reason) {
      if (isInReach) log.info('Redis is in reach: replicas poll once for all')
      else log.warn({ reason }, 'Redis is out of reach: this replica polls for itself')
    },
  })
  if (settings.redisUrls.length > 0) metrics.showRedis(fleet.bus.isConnected)
  const stopSharingBurst = shareBurst(fleet.bus, vault.budget, clock)
  shareWrites(fleet.bus, writes)
  return {
    ...fleet,
    async close() {
      stopSharingBurst()
      await fleet.close()
    },
  }
}

/**
 * Makes what all resources are handed.
 *
 * @param publicUrl where clients reach the gateway; asked once it listens
 */
export function createResourceFloor(
  { settings, secrets, metrics, reportFailure, clock }: AppBase,
  { vault, feldera, writes }: Clients,
  fleet: Fleet,
  publicUrl: () => string,
) {
  const { pollIntervalMs, jobStatusWindowMs, sessionKeepAliveMs: keepAliveIntervalMs } = settings
  return {
    vault,
    feldera,
    clock,
    links: createSealedLinks({ secrets, publicUrl, clock }),
    browserSessions: createBrowserSessions({
      vault,
      clock,
      keepAliveIntervalMs,
      reportFailure,
      onEnded: writes.note,
    }),
    pollIntervalMs,
    jobStatusWindowMs,
    bus: fleet.bus,
    sharedWindows: fleet.windows,
    reportFailure,
    saved: metrics.saved,
    watchEvents: metrics.watch,
    workers: createWorkerPool(clock),
  }
}

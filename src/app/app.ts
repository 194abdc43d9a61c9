import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { type Settings, SettingsError } from '../config.ts'
import { createSealedSessions } from '../core/browser-session.ts'
import { createFailureReport } from '../core/failure-report.ts'
import { keyCallersBy } from '../core/identity.ts'
import { systemClock } from '../core/time.ts'
import { readTrustedDocuments, type TrustedDocuments } from '../graphql/trusted-documents.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { resources } from '../resources.ts'
import { createDrain } from '../server/drain.ts'
import { createHostCheck } from '../server/host-check.ts'
import type { HttpServer } from '../server/http.ts'
import { createIdentification } from '../server/identification.ts'
import { createCallers } from '../upstream/access.ts'
import { createSessionConfirmation } from '../upstream/vault-sessions.ts'
import { chooseUpstreams, type UpstreamChoice } from '../upstream-choice.ts'
import { type AppBase, originsOf, version } from './base.ts'
import { createClients, createResourceFloor, joinFleet } from './clients.ts'
import { createGraph } from './graph.ts'
import { addOperatorRoutes, addRoutes, createServer } from './routes.ts'

/** A gateway that serves. */
export interface App {
  /** Where it listens. */
  readonly url: string
  /** Where clients reach it: the base of the links that it hands out. */
  readonly publicUrl: string
  /** The sandbox's addresses, where the gateway runs on it. */
  readonly sandbox: UpstreamChoice['sandbox']
  /** Takes no new work, lets subscribers connect again elsewhere, and waits for the rest for a bounded time. */
  stop(): Promise<void>
}

/**
 * Puts a gateway together and starts it.
 *
 * @throws when host and port cannot be listened on; SettingsError where TRUSTED_DOCUMENTS names no manifest
 */
export async function startApp(settings: Settings, log: Logger): Promise<App> {
  const trustedDocuments = trustedDocumentsOf(settings)
  const upstreams = await chooseUpstreams(settings)
  let publicUrl = settings.publicUrl ?? ''
  const [secret = randomBytes(32).toString('base64url'), ...olderSecrets] = settings.gatewaySecrets
  keyCallersBy(secret)
  const base: AppBase = {
    settings,
    log,
    upstreams,
    secrets: [secret, ...olderSecrets],
    metrics: createMetrics(version),
    reportFailure: createFailureReport(log),
    clock: systemClock,
    allowedOrigins: originsOf(settings),
    checkHost: createHostCheck(settings),
  }
  const clients = createClients(base)
  const fleet = joinFleet(base, clients)
  const floor = createResourceFloor(base, clients, fleet, () => publicUrl)
  const built = resources.map((createResource) => createResource(floor))
  const sealedSessions = createSealedSessions({
    secrets: base.secrets,
    vaultUrl: upstreams.vaultUrl,
    clock: base.clock,
  })
  const identification = createIdentification({
    callerOf: createCallers(
      upstreams.accessRules,
      createSessionConfirmation(clients.vault, base.clock, base.metrics.saved),
      floor.browserSessions,
    ),
    sealedSessions,
    browserSessions: floor.browserSessions,
    allowedOrigins: base.allowedOrigins,
  })
  const http = await createServer(base, built)
  const drain = createDrain(http.server, base.clock)
  const graph = createGraph(base, clients, built, { trustedDocuments, identification, drain })
  const transports = await addRoutes(http, base, { graph, built, floor, sealedSessions, drain })
  addOperatorRoutes(http, base, { clients, fleet, drain })

  await http.listen({
    host: settings.host,
    port: settings.port,
    listenTextResolver: (at) => `listening at ${at}`,
  })
  const url = urlOf(settings.host, http.addresses()[0])
  publicUrl ||= url

  return {
    url,
    publicUrl,
    sandbox: upstreams.sandbox,
    async stop() {
      drain.begin()
      const closed = [drain.finish(), http.close()]
      // Streams and sockets first: a watch that ends would otherwise tell its followers that all is over.
      transports.eventStream.close()
      await transports.webSocket.close(drain.givenUp)
      for (const resource of built) resource.stop?.()
      floor.browserSessions.stop()
      await fleet.close()
      await Promise.all(closed)
      await Promise.all([
        floor.workers.stop(),
        clients.vault.close(),
        clients.feldera.close(),
        upstreams.stop(),
      ])
    },
  }
}

/** @throws SettingsError */
function trustedDocumentsOf({ trustedDocumentsFile: file }: Settings): TrustedDocuments | undefined {
  try {
    return file === undefined ? undefined : readTrustedDocuments(file)
  } catch (error) {
    const wanted = error instanceof Error ? error.message : String(error)
    throw new SettingsError([`TRUSTED_DOCUMENTS: got ${JSON.stringify(file)}, wants ${wanted}`])
  }
}

/** An address to open: one that listens everywhere is reached at this machine's own name. */
function urlOf(host: string, address: ReturnType<HttpServer['addresses']>[number] | undefined): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${typeof address === 'object' ? address.port : address}`
}

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Logger } from 'pino'
import { z } from 'zod'
import { type Settings, SettingsError } from './config.ts'
import { createSealedSessions } from './core/browser-session.ts'
import { createFailureReport } from './core/failure-report.ts'
import { keyCallersBy } from './core/identity.ts'
import { createSealedLinks } from './core/sealed-links.ts'
import { systemClock } from './core/time.ts'
import { createFleet } from './fleet/fleet.ts'
import { shareBurst } from './fleet/shared-burst.ts'
import { shareWrites } from './fleet/shared-writes.ts'
import { createContextFactory } from './graphql/context.ts'
import { createCosts } from './graphql/costs.ts'
import { createDocumentCheck } from './graphql/documents.ts'
import { createErrorPresentation } from './graphql/error-presentation.ts'
import { createExecution } from './graphql/execution.ts'
import { createOperationReport } from './graphql/operation-report.ts'
import { createOperationChoice } from './graphql/operations.ts'
import { createPersistedDocuments } from './graphql/persisted-documents.ts'
import { createSchema } from './graphql/schema.ts'
import { createSubscriptions } from './graphql/subscriptions.ts'
import { readTrustedDocuments, type TrustedDocuments } from './graphql/trusted-documents.ts'
import { createMetrics } from './metrics/metrics.ts'
import { resources } from './resources.ts'
import { createAdmission } from './server/admission.ts'
import { addBoard } from './server/board.ts'
import { createClientAddress } from './server/client-address.ts'
import { addDownloadRoutes, opensLink, profilerOrigin } from './server/downloads.ts'
import { createDrain } from './server/drain.ts'
import { addEventStream } from './server/event-stream.ts'
import { graphiql } from './server/graphiql.ts'
import { graphiqlTabs } from './server/graphiql-tabs.ts'
import { addGraphqlRoute } from './server/graphql-route.ts'
import { addHealthRoutes, refuseWorkWhile } from './server/health.ts'
import { createHostCheck } from './server/host-check.ts'
import { createHttpServer, type HttpServer } from './server/http.ts'
import { createIdentification } from './server/identification.ts'
import { addMetricsRoute } from './server/metrics-route.ts'
import { addRequestSpans } from './server/request-spans.ts'
import { addUploadRoutes } from './server/uploads.ts'
import { addWebSocket } from './server/websocket.ts'
import { createCallers } from './upstream/access.ts'
import { createBrowserSessions } from './upstream/browser-sessions.ts'
import { createFelderaClient } from './upstream/feldera.ts'
import { createVaultClient } from './upstream/vault.ts'
import { createSessionConfirmation } from './upstream/vault-sessions.ts'
import { createWriteCount } from './upstream/write-count.ts'
import { chooseUpstreams, type UpstreamChoice } from './upstream-choice.ts'
import { createWorkerPool } from './workers/pool.ts'

/** The version of the gateway, as its package names it. */
export const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')))

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
  const clock = systemClock
  let publicUrl = settings.publicUrl ?? ''

  const metrics = createMetrics(version)
  const timeoutMs = settings.upstreamTimeoutMs
  const writes = createWriteCount()
  const upstreamEvents = writes.counting(metrics.upstream)
  const vault = createVaultClient({
    url: upstreams.vaultUrl,
    apiVersion: settings.vaultApiVersion,
    timeoutMs,
    events: upstreamEvents,
    clock,
  })
  const feldera = createFelderaClient({
    url: upstreams.felderaUrl,
    timeoutMs,
    apiKey: upstreams.felderaApiKey,
    events: upstreamEvents,
    clock,
  })
  const [secret = randomBytes(32).toString('base64url'), ...olderSecrets] = settings.gatewaySecrets
  keyCallersBy(secret)
  const secrets = [secret, ...olderSecrets] as const
  const links = createSealedLinks({ secrets, publicUrl: () => publicUrl, clock })
  const sealedSessions = createSealedSessions({ secrets, vaultUrl: upstreams.vaultUrl, clock })
  const { pollIntervalMs, jobStatusWindowMs } = settings
  const reportFailure = createFailureReport(log)
  const workers = createWorkerPool(clock)
  const browserSessions = createBrowserSessions({
    vault,
    clock,
    keepAliveIntervalMs: settings.sessionKeepAliveMs,
    reportFailure,
    onEnded: writes.note,
  })
  const fleet = createFleet({
    urls: settings.redisUrls,
    secrets,
    kind: [version, upstreams.vaultUrl, upstreams.felderaUrl].join(' '),
    pollIntervalMs,
    clock,
    reportFailure,
    events: metrics.fleet,
    onReach(isInReach, reason) {
      if (isInReach) log.info('Redis is in reach: replicas poll once for all')
      else log.warn({ reason }, 'Redis is out of reach: this replica polls for itself')
    },
  })
  if (settings.redisUrls.length > 0) metrics.showRedis(fleet.bus.isConnected)
  const stopSharingBurst = shareBurst(fleet.bus, vault.budget, clock)
  shareWrites(fleet.bus, writes)
  const upstreamHealth = { vault: vault.health, feldera: feldera.health }
  metrics.showUpstreams(upstreamHealth)
  for (const [service, { onCircuit }] of Object.entries(upstreamHealth)) {
    onCircuit((circuit) => {
      if (circuit === 'open')
        log.warn({ service }, 'an upstream has failed time and again, and is left alone')
      if (circuit === 'closed') log.warn({ service }, 'an upstream answers again')
    })
  }
  const floor = {
    bus: fleet.bus,
    sharedWindows: fleet.windows,
    vault,
    feldera,
    clock,
    links,
    browserSessions,
    pollIntervalMs,
    jobStatusWindowMs,
    reportFailure,
    saved: metrics.saved,
    watchEvents: metrics.watch,
    workers,
  }
  const built = resources.map((createResource) => createResource(floor))
  const downloads = built.flatMap((resource) => resource.downloads ?? [])
  const confirmSession = createSessionConfirmation(vault, clock, metrics.saved)
  const callerOf = createCallers(upstreams.accessRules, confirmSession, browserSessions)
  const allowedOrigins = allOrigins(settings)
  const identification = createIdentification({ callerOf, sealedSessions, browserSessions, allowedOrigins })
  const checkHost = createHostCheck(settings)

  const http = await createHttpServer({
    log,
    reportFailure,
    maxConnections: settings.maxConnections,
    allowedOrigins,
    checkHost,
    trustedProxies: settings.trustedProxies,
    allowsOrigin: (origin, request) => origin === profilerOrigin && opensLink(request, downloads),
    events: metrics.http,
  })
  metrics.showConnections(() => promisify(http.server.getConnections).call(http.server))
  if (settings.tracing !== undefined) addRequestSpans(http)
  const drain = createDrain(http.server, clock)
  const schema = createSchema(built)
  const createContext = createContextFactory(built)
  const presentError = createErrorPresentation(log, reportFailure, metrics.graph, settings.introspection)
  const graph = {
    schema,
    chooseOperation: createOperationChoice({
      checkDocument: createDocumentCheck({
        schema,
        limits: settings.documentLimits,
        costsOf: createCosts(
          schema,
          built.map(({ costs }) => costs),
        ),
        allowsIntrospection: settings.introspection,
      }),
      persisted: createPersistedDocuments(trustedDocuments),
      maxCost: settings.maxQueryCost,
    }),
    admission: createAdmission(settings.admissionLimits, clock),
    createContext,
    execution: createExecution({ schema, createContext, presentError, writes, clock, events: metrics.graph }),
    identification,
    presentError,
    operationReport: createOperationReport(schema, metrics.graph),
    subscriptions: createSubscriptions({ schema, createContext, presentError, clock, events: metrics.graph }),
    stopping: drain.givenUp,
    allowedOrigins,
  }
  const { assets, sendPage } = graphiql({
    sandbox: settings.isSandbox,
    tabs: graphiqlTabs(upstreams.examples),
  })
  if (settings.graphiql) await http.register(assets)
  const sendGraphiql = settings.graphiql ? sendPage : undefined
  await addGraphqlRoute(http, { graph, sealedSessions, sendGraphiql })
  const hasVault = settings.isSandbox || settings.vaultUrl !== undefined
  if (settings.board) await addBoard(http, { sandbox: settings.isSandbox, hasVault })
  const eventStream = addEventStream(http, {
    graph,
    slowConnectionTimeoutMs: settings.slowConnectionTimeoutMs,
    clock,
  })
  const { maxOperationsPerConnection, idleConnectionTimeoutMs, slowConnectionTimeoutMs } = settings
  const socketLimits = { maxOperationsPerConnection, idleConnectionTimeoutMs, slowConnectionTimeoutMs }
  const webSocket = addWebSocket(http, {
    graph,
    limits: socketLimits,
    addressOf: createClientAddress(settings.trustedProxies),
    checkHost,
    clock,
  })
  addDownloadRoutes(http, { downloads, links, identification, stopping: drain.givenUp })
  const uploads = built.flatMap((resource) => resource.uploads ?? [])
  addUploadRoutes(http, { uploads, identification, stopping: drain.givenUp, clock })
  refuseWorkWhile(http, drain.isDraining)
  addMetricsRoute(http, metrics)
  addHealthRoutes(http, {
    notReady: () => (drain.isDraining() ? ['draining'] : []),
    degraded: () => [
      ...(fleet.bus.isConnected() ? [] : ['redis']),
      ...Object.entries(upstreamHealth).flatMap(([name, { circuit }]) =>
        circuit() === 'closed' ? [] : [name],
      ),
    ],
  })

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
      eventStream.close()
      await webSocket.close(drain.givenUp)
      for (const resource of built) resource.stop?.()
      browserSessions.stop()
      stopSharingBurst()
      await fleet.close()
      await Promise.all(closed)
      await Promise.all([workers.stop(), vault.close(), feldera.close(), upstreams.stop()])
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

/** The origins whose pages may use the gateway. Its own is one of them also where a proxy calls it by another name. */
const allOrigins = ({ publicUrl, allowedOrigins }: Settings): readonly string[] =>
  publicUrl === undefined ? allowedOrigins : [new URL(publicUrl).origin, ...allowedOrigins]

/** An address to open: one that listens everywhere is reached at this machine's own name. */
function urlOf(host: string, address: ReturnType<HttpServer['addresses']>[number] | undefined): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${typeof address === 'object' ? address.port : address}`
}

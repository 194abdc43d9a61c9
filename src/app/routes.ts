import { promisify } from 'node:util'
import type { SealedSessions } from '../core/browser-session.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Resource, ResourceFloor } from '../resource.ts'
import { addBoard } from '../server/board.ts'
import { createClientAddress } from '../server/client-address.ts'
import { addDownloadRoutes, opensLink, profilerOrigin } from '../server/downloads.ts'
import type { Drain } from '../server/drain.ts'
import { addEventStream } from '../server/event-stream.ts'
import { graphiql } from '../server/graphiql.ts'
import { graphiqlTabs } from '../server/graphiql-tabs.ts'
import { addGraphqlRoute, type GraphOptions } from '../server/graphql-route.ts'
import { addHealthRoutes, refuseWorkWhile } from '../server/health.ts'
import { createHttpServer, type HttpServer } from '../server/http.ts'
import { addMetricsRoute } from '../server/metrics-route.ts'
import { addRequestSpans } from '../server/request-spans.ts'
import { addUploadRoutes } from '../server/uploads.ts'
import { addWebSocket } from '../server/websocket.ts'
import type { AppBase } from './base.ts'
import type { Clients } from './clients.ts'

/** Makes the server, without routes; it does not listen yet. */
export async function createServer(
  { settings, log, metrics, reportFailure, allowedOrigins, checkHost }: AppBase,
  built: readonly Resource[],
): Promise<HttpServer> {
  const downloads = downloadsOf(built)
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
  return http
}

/** Adds what clients ask, and how: pages, the graph over each transport, and files. */
export async function addRoutes(
  http: HttpServer,
  { settings, upstreams, clock, checkHost }: AppBase,
  parts: {
    readonly graph: GraphOptions
    readonly built: readonly Resource[]
    readonly floor: Pick<ResourceFloor, 'links'>
    readonly sealedSessions: SealedSessions
    readonly drain: Drain
  },
) {
  const { graph, built, sealedSessions, drain } = parts
  const { identification } = graph
  const { assets, sendPage } = graphiql({
    sandbox: settings.isSandbox,
    tabs: graphiqlTabs(upstreams.examples),
  })
  if (settings.graphiql) await http.register(assets)
  await addGraphqlRoute(http, {
    graph,
    sealedSessions,
    sendGraphiql: settings.graphiql ? sendPage : undefined,
  })
  const hasVault = settings.isSandbox || settings.vaultUrl !== undefined
  if (settings.board) await addBoard(http, { sandbox: settings.isSandbox, hasVault })
  const { maxOperationsPerConnection, idleConnectionTimeoutMs, slowConnectionTimeoutMs } = settings
  const eventStream = addEventStream(http, { graph, slowConnectionTimeoutMs, clock })
  const webSocket = addWebSocket(http, {
    graph,
    limits: { maxOperationsPerConnection, idleConnectionTimeoutMs, slowConnectionTimeoutMs },
    addressOf: createClientAddress(settings.trustedProxies),
    checkHost,
    clock,
  })
  const stopping = drain.givenUp
  const uploads = built.flatMap((resource) => resource.uploads ?? [])
  addDownloadRoutes(http, {
    downloads: downloadsOf(built),
    links: parts.floor.links,
    identification,
    stopping,
  })
  addUploadRoutes(http, { uploads, identification, stopping, clock })
  return { eventStream, webSocket }
}

/** Adds what an operator's machines ask. */
export function addOperatorRoutes(
  http: HttpServer,
  { metrics }: AppBase,
  { clients, fleet, drain }: { readonly clients: Clients; readonly fleet: Fleet; readonly drain: Drain },
): void {
  refuseWorkWhile(http, drain.isDraining)
  addMetricsRoute(http, metrics)
  addHealthRoutes(http, {
    notReady: () => (drain.isDraining() ? ['draining'] : []),
    degraded: () => [
      ...(fleet.bus.isConnected() ? [] : ['redis']),
      ...Object.entries(clients.health).flatMap(([name, { circuit }]) =>
        circuit() === 'closed' ? [] : [name],
      ),
    ],
  })
}

const downloadsOf = (built: readonly Resource[]) => built.flatMap((resource) => resource.downloads ?? [])

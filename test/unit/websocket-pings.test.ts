import assert from 'node:assert/strict'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { buildSchema } from 'graphql'
import { pino } from 'pino'
import { type ClientOptions, WebSocket } from 'ws'
import { createContextFactory } from '../../src/graphql/context.ts'
import { createCosts } from '../../src/graphql/costs.ts'
import { defaultDocumentLimits } from '../../src/graphql/document-limits.ts'
import { createDocumentCheck } from '../../src/graphql/documents.ts'
import { createExecution } from '../../src/graphql/execution.ts'
import { createOperationReport } from '../../src/graphql/operation-report.ts'
import { createOperationChoice } from '../../src/graphql/operations.ts'
import { createPersistedDocuments } from '../../src/graphql/persisted-documents.ts'
import { createSubscriptions } from '../../src/graphql/subscriptions.ts'
import { createAdmission } from '../../src/server/admission.ts'
import { createHttpServer, type HttpServer } from '../../src/server/http.ts'
import { noCookie } from '../../src/server/session-cookie.ts'
import { addWebSocket, type WebSockets } from '../../src/server/websocket.ts'
import { pingIntervalMs } from '../../src/server/websocket-connection.ts'
import { createCallers } from '../../src/upstream/access.ts'
import { createWriteCount } from '../../src/upstream/write-count.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'

const idleConnectionTimeoutMs = 3_600_000

describe('the pings of WebSockets', () => {
  let http: HttpServer
  let clock: FakeClock
  let webSockets: WebSockets
  let url: string

  beforeEach(async () => {
    clock = createFakeClock()
    http = await createHttpServer({
      log: pino({ level: 'silent' }),
      reportFailure: () => {},
      maxConnections: 1000,
      allowedOrigins: [],
      trustedProxies: [],
      checkHost: () => undefined,
      allowsOrigin: () => false,
    })
    const schema = buildSchema('type Query { nothing: Int }')
    const createContext = createContextFactory([])
    const presentError = ({ message }: Error) => ({ message })
    webSockets = addWebSocket(http, {
      graph: {
        schema,
        chooseOperation: createOperationChoice({
          checkDocument: createDocumentCheck({
            schema,
            limits: defaultDocumentLimits,
            costsOf: createCosts(schema, []),
            allowsIntrospection: true,
          }),
          persisted: createPersistedDocuments(undefined),
          maxCost: 1000,
        }),
        admission: createAdmission(
          { maxOperationsPerMinute: 0, maxOperationsPerMinutePerAddress: 0, maxConcurrentOperations: 0 },
          clock,
        ),
        createContext,
        execution: createExecution({
          schema,
          createContext,
          presentError,
          writes: createWriteCount(),
          clock,
        }),
        presentError,
        identification: {
          senderOf: () => Promise.reject(new Error('nothing comes by HTTP')),
          cookieOf: async () => noCookie,
          callerOf: createCallers(
            { vault: 'configured', feldera: 'configured', demoSession: undefined },
            () => Promise.reject(new Error('no session is asked about')),
            { hasEnded: () => false },
          ),
          hold: () => () => {},
        },
        operationReport: createOperationReport(schema),
        subscriptions: createSubscriptions({ schema, createContext, presentError, clock }),
        stopping: new AbortController().signal,
        allowedOrigins: [],
      },
      limits: { maxOperationsPerConnection: 1, idleConnectionTimeoutMs, slowConnectionTimeoutMs: 1000 },
      checkHost: () => undefined,
      addressOf: () => '127.0.0.1',
      clock,
    })
    url = `${(await http.listen({ port: 0, host: '127.0.0.1' })).replace('http', 'ws')}/graphql`
  })
  afterEach(async () => {
    await webSockets.close(new AbortController().signal)
    await http.close()
  })

  const open = async (options: ClientOptions = {}) => {
    const socket = new WebSocket(url, 'graphql-transport-ws', options)
    await once(socket, 'open')
    socket.send('{"type":"connection_init"}')
    await once(socket, 'message')
    return socket
  }
  /** Resolves when the gateway has read all that this client has sent, and the client all that the gateway has. */
  const roundTrip = async (socket: WebSocket) => {
    const answered = once(socket, 'message')
    socket.send('{"type":"ping"}')
    await answered
  }

  it('who answers stays connected, and is asked again and again', async () => {
    const socket = await open()
    for (let round = 0; round < 5; round += 1) {
      const pinged = once(socket, 'ping')
      clock.advance(pingIntervalMs)
      await pinged
      await roundTrip(socket)
    }
    assert.equal(socket.readyState, WebSocket.OPEN)
  })

  it('who did not answer the last one is dropped at the next', async () => {
    const silent = await open({ autoPong: false })
    const other = await open()
    const closed = once(silent, 'close')
    clock.advance(pingIntervalMs)
    await Promise.all([roundTrip(silent), roundTrip(other)])
    assert.equal(silent.readyState, WebSocket.OPEN)
    clock.advance(pingIntervalMs)
    assert.deepEqual((await closed)[0], 1006)
    await roundTrip(other)
    assert.equal(other.readyState, WebSocket.OPEN)
  })

  it('many that connect at the same time are not all pinged at the same time', async () => {
    const sockets = await Promise.all(Array.from({ length: 60 }, () => open()))
    let pings = 0
    for (const socket of sockets) socket.on('ping', () => (pings += 1))
    const pingsWithin = async (ms: number) => {
      pings = 0
      clock.advance(ms)
      await Promise.all(sockets.map(roundTrip))
      return pings
    }
    const first = await pingsWithin(pingIntervalMs / 2)
    const second = await pingsWithin(pingIntervalMs / 2)
    assert.equal(first + second, sockets.length)
    assert.ok(first > 0 && second > 0, `${first} and ${second}`)
  })

  it('one timer looks after all of them, and none is left when the gateway stops', async () => {
    await Promise.all(Array.from({ length: 10 }, () => open()))
    assert.equal(clock.pending(), 1)
    await webSockets.close(new AbortController().signal)
    assert.equal(clock.pending(), 0)
  })
})

import assert from 'node:assert/strict'
import type { GraphQLFormattedError } from 'graphql'
import { createClient, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws'
import { WebSocket } from 'ws'

/** What to send beside the document of an operation over WebSocket. */
export interface SubscribeOptions {
  readonly variables?: Readonly<Record<string, unknown>>
  /** The payload of `connection_init`, such as `{ authorization: 'sandbox-demo' }`. */
  readonly connectionParams?: Readonly<Record<string, unknown>>
  /** Headers of the upgrade. */
  readonly headers?: Readonly<Record<string, string>>
}

/** How a socket was closed. */
export interface Closing {
  readonly code: number
  readonly reason: string
}

/** What came for a subscription. */
export interface SubscriptionResult<Data> {
  readonly data: Data | null | undefined
  /** Empty where there are none. */
  readonly errors: readonly GraphQLFormattedError[]
}

/** One operation on a socket of its own. Disposing of it closes the socket. */
export interface Subscription<Data> extends AsyncIterable<SubscriptionResult<Data>>, AsyncDisposable {
  /**
   * The next result.
   *
   * @throws SubscriptionEnded where there is none any more
   */
  next(): Promise<SubscriptionResult<Data>>
  /** Whether the operation completes without another result. Takes one result from the subscription if not. */
  completes(): Promise<boolean>
  /** Ends the operation from the client's side; the socket closes behind it. */
  leave(): Promise<void>
  /** Resolves when the socket has closed. */
  readonly closed: Promise<Closing>
}

/** Why a subscription gives nothing more. */
export class SubscriptionEnded extends Error {
  override readonly name = 'SubscriptionEnded'
  /** The gateway's `error` message, when that is what ended it. */
  readonly errors: readonly GraphQLFormattedError[]
  /** The closing of the socket, when that is what ended it. */
  readonly closing: Closing | undefined

  constructor(thrown?: unknown) {
    super(thrown === undefined ? 'the operation completed' : `the operation ended: ${describe(thrown)}`)
    this.errors = Array.isArray(thrown) ? thrown : []
    this.closing = closingOf(thrown)
  }
}

/** The gateway's address for WebSockets. */
export const webSocketUrl = ({ url }: { readonly url: string }) => `${url.replace(/^http/, 'ws')}/graphql`

/** Runs an operation over a new WebSocket with the client of graphql-ws. It never connects a second time. */
export function subscribe<Data = Record<string, unknown>>(
  gateway: { readonly url: string },
  query: string,
  { variables = {}, connectionParams = {}, headers = {} }: SubscribeOptions = {},
): Subscription<Data> {
  const closing = Promise.withResolvers<Closing>()
  const client = createClient({
    url: webSocketUrl(gateway),
    connectionParams: { ...connectionParams },
    retryAttempts: 0,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers })
      }
    },
    on: {
      closed: (event) => closing.resolve(closingOf(event) ?? { code: 0, reason: describe(event) }),
    },
  })
  const results = client.iterate<Data, Record<string, unknown>>({ query, variables })
  const taken = async (): Promise<SubscriptionResult<Data> | undefined> => {
    const { done, value } = await results.next().catch((thrown: unknown) => {
      throw new SubscriptionEnded(thrown)
    })
    if (done === true) return undefined
    const { data, errors = [] } = value
    return { data, errors }
  }
  return {
    async next() {
      const result = await taken()
      if (result === undefined) throw new SubscriptionEnded()
      return result
    },
    completes: async () => (await taken()) === undefined,
    leave: async () => void (await results.return?.()),
    closed: closing.promise,
    async *[Symbol.asyncIterator]() {
      for (let result = await taken(); result !== undefined; result = await taken()) yield result
    },
    [Symbol.asyncDispose]: async () => void (await client.dispose()),
  }
}

/** A socket on which a test speaks the protocol itself. */
export interface RawSocket extends AsyncDisposable {
  readonly socket: WebSocket
  /** Sends a message as JSON; a text goes as it is. */
  send(message: unknown): void
  /** The next message of the gateway, parsed. */
  next(): Promise<unknown>
  readonly closed: Promise<Closing>
}

/**
 * Opens a WebSocket to the gateway and speaks no protocol on it.
 *
 * @throws Error naming the HTTP status where the gateway refuses the upgrade
 */
export async function openSocket(
  gateway: { readonly url: string },
  {
    headers = {},
    protocol = GRAPHQL_TRANSPORT_WS_PROTOCOL,
  }: { readonly headers?: Readonly<Record<string, string>>; readonly protocol?: string } = {},
): Promise<RawSocket> {
  const socket = new WebSocket(webSocketUrl(gateway), protocol, { headers })
  const closing = Promise.withResolvers<Closing>()
  const received: string[] = []
  const waiting: ((text: string) => void)[] = []
  socket.on('close', (code, reason) => closing.resolve({ code, reason: String(reason) }))
  socket.on('message', (data) => {
    const text = String(data)
    const taker = waiting.shift()
    if (taker === undefined) received.push(text)
    else taker(text)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => {})
  return {
    socket,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next() {
      const text = received.shift() ?? (await new Promise<string>((resolve) => waiting.push(resolve)))
      return JSON.parse(text)
    },
    closed: closing.promise,
    async [Symbol.asyncDispose]() {
      socket.terminate()
      await closing.promise
    },
  }
}

/** Opens a WebSocket as the demo user, and waits until it is acknowledged. */
export async function openAcknowledged(gateway: { readonly url: string }): Promise<RawSocket> {
  const socket = await openSocket(gateway)
  socket.send({ type: 'connection_init', payload: { authorization: 'sandbox-demo' } })
  assert.deepEqual(await socket.next(), { type: 'connection_ack' })
  return socket
}

/** The message that begins an operation. */
export const subscribeMessage = (id: string, query = '{ __typename }') => ({
  id,
  type: 'subscribe',
  payload: { query },
})

/** The code and the reason of a CloseEvent. */
function closingOf(event: unknown): Closing | undefined {
  if (typeof event !== 'object' || event === null || !('code' in event && 'reason' in event)) return undefined
  return { code: Number(event.code), reason: String(event.reason) }
}

function describe(thrown: unknown): string {
  const closing = closingOf(thrown)
  if (closing !== undefined) return `closed with ${closing.code} ${closing.reason}`
  return thrown instanceof Error ? thrown.message : JSON.stringify(thrown)
}

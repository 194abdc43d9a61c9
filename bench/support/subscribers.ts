import { type BareSocket, openBareSocket } from './bare-socket.ts'

/** How many subscribers connect at the same time. */
const connectsAtOnce = 50

/** Who subscribes to what. */
export interface SubscribersOptions {
  /** Where each connects, by its number from 0, such as `ws://127.0.0.1:40123/graphql`. */
  url(index: number): string
  /** The Vault session of each. Left out: the demo user's; a peer that asks nobody's name does not care. */
  session?(index: number): string
  readonly count: number
  readonly query: string
  /** The variables of each, by its number from 0. */
  variables(index: number): Readonly<Record<string, unknown>>
  /** Called with each `next` message as it came, and the subscriber's number. */
  onNext(text: string, index: number): void
}

/** Subscribers with a connection each. Disposing of them drops the connections. */
export interface Subscribers extends AsyncDisposable {
  readonly count: number
}

/**
 * Connects subscribers, speaking graphql-transport-ws by hand. Resolves when all have subscribed.
 *
 * @throws Error where the server refuses, or ends one of the connections or subscriptions
 */
export async function openSubscribers(options: SubscribersOptions): Promise<Subscribers> {
  const { count } = options
  const sockets: BareSocket[] = []
  let isOver = false
  const onEnd = (reason: string) => {
    if (!isOver) throw new Error(`a subscriber lost its connection: ${reason}`)
  }
  let next = 0
  const connect = async () => {
    while (next < count) {
      const index = next
      next += 1
      sockets.push(await openSubscriber(options, index, onEnd))
    }
  }
  await Promise.all(Array.from({ length: connectsAtOnce }, connect))
  return {
    count,
    async [Symbol.asyncDispose]() {
      isOver = true
      for (const socket of sockets) socket.drop()
    },
  }
}

async function openSubscriber(
  { url, session = () => 'sandbox-demo', query, variables, onNext }: SubscribersOptions,
  index: number,
  onEnd: (reason: string) => void,
): Promise<BareSocket> {
  const acknowledged = Promise.withResolvers<void>()
  const socket = await openBareSocket(url(index), {
    onText(text) {
      // Every server puts the type beside a short id, and the payload may have a `"type"` of its own.
      if (text.includes('"type":"next"')) onNext(text, index)
      else if (text.includes('"type":"connection_ack"')) acknowledged.resolve()
      else if (text.includes('"type":"ping"')) socket.send('{"type":"pong"}')
      else onEnd(`the server sent ${text}`)
    },
    onEnd,
  })
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: session(index) } }))
  await acknowledged.promise
  const payload = { query, variables: variables(index) }
  socket.send(JSON.stringify({ id: 's', type: 'subscribe', payload }))
  return socket
}

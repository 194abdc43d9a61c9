import type { GraphQLFormattedError } from 'graphql'
import { z } from 'zod'
import { allEventsOf, postForStream } from './event-stream.ts'
import { openAcknowledged } from './websocket.ts'

/** What is asked for, as it goes over the wire. */
export interface TransportRequest {
  readonly query?: string
  readonly operationName?: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** The first thing that comes back. */
export interface TransportAnswer {
  readonly data: unknown
  readonly errors: readonly GraphQLFormattedError[]
}

/** A way to ask the graph. */
export interface Transport {
  readonly name: string
  ask(gateway: { readonly url: string }, request: TransportRequest): Promise<TransportAnswer>
}

const errorsSchema = z.array(z.custom<GraphQLFormattedError>())
const answerSchema = z
  .object({ data: z.unknown().optional(), errors: errorsSchema.optional() })
  .transform(({ data, errors = [] }): TransportAnswer => ({ data, errors }))

/** The three ways, each as the demo user. */
export const transports: readonly Transport[] = [
  {
    name: 'HTTP',
    async ask({ url }, request) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'sandbox-demo' },
        body: JSON.stringify(request),
      })
      return answerSchema.parse(await response.json())
    },
  },
  {
    name: 'WebSocket',
    async ask(gateway, request) {
      await using socket = await openAcknowledged(gateway)
      socket.send({ id: '1', type: 'subscribe', payload: { query: '', ...request } })
      const message = z.object({ type: z.string(), payload: z.unknown() }).parse(await socket.next())
      return message.type === 'error'
        ? { data: undefined, errors: errorsSchema.parse(message.payload) }
        : answerSchema.parse(message.payload)
    },
  },
  {
    name: 'event stream',
    async ask(gateway, request) {
      const response = await postForStream(gateway, { query: '', ...request })
      if (!response.ok) return answerSchema.parse(await response.json())
      const [first] = await allEventsOf(response)
      return answerSchema.parse(JSON.parse(first?.data ?? ''))
    },
  },
]

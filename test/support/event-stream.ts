import { createClient } from 'graphql-sse'

/** An event of a stream, its data as text. */
export interface StreamEvent {
  readonly event: string
  readonly data: string
}

/** What a stream is asked for. */
export interface StreamRequest {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
  readonly extensions?: Readonly<Record<string, unknown>>
}

type Address = { readonly url: string }
type Headers = Readonly<Record<string, string>>

const demo: Headers = { authorization: 'sandbox-demo' }

/** The gateway's address for streams of events. */
export const eventStreamUrl = ({ url }: Address) => `${url}/graphql/stream`

/** The client of graphql-sse, with a connection for each operation. It never connects a second time. */
export function streamClient(gateway: Address, headers: Headers = demo) {
  const client = createClient({
    url: eventStreamUrl(gateway),
    headers: { ...headers },
    singleConnection: false,
    retryAttempts: 0,
  })
  return {
    iterate: <Data>(query: string, variables: Record<string, unknown> = {}) =>
      client.iterate<Data, Record<string, unknown>>({ query, variables }),
    [Symbol.dispose]: () => client.dispose(),
  }
}

/** Sends an operation by POST, as the demo user. */
export function postForStream(
  gateway: Address,
  body: StreamRequest,
  headers: Headers = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(eventStreamUrl(gateway), {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...demo, ...headers },
    body: JSON.stringify(body),
    signal,
  })
}

/** Sends parameters by GET, as the demo user. */
export function getStream(gateway: Address, parameters: Headers, headers: Headers = {}): Promise<Response> {
  return fetch(`${eventStreamUrl(gateway)}?${new URLSearchParams(parameters)}`, {
    headers: { accept: 'text/event-stream', ...demo, ...headers },
  })
}

/** Reads the events of an answer, as they come, until it ends (HTML, 9.2.6). Comments are passed over. */
export async function* eventsOf({ body }: Response): AsyncGenerator<StreamEvent> {
  if (body === null) return
  let waiting = ''
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (waiting + text).split('\n\n')
    waiting = blocks.pop() ?? ''
    for (const block of blocks) if (!block.startsWith(':')) yield eventOf(block)
  }
}

/** All events of an answer that ends. */
export async function allEventsOf(response: Response): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of eventsOf(response)) events.push(event)
  return events
}

function eventOf(block: string): StreamEvent {
  const fields = new Map(block.split('\n').map((line) => [line.split(': ')[0], line.replace(/^\w+: /, '')]))
  return { event: fields.get('event') ?? '', data: fields.get('data') ?? '' }
}

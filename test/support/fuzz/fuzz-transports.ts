import { z } from 'zod'
import { eventStreamUrl, eventsOf } from '../event-stream.ts'
import { openSocket } from '../websocket.ts'
import type { SentOperation } from './near-misses.ts'

type Address = { readonly url: string }
type Headers = Readonly<Record<string, string>>

/** What came back for an operation. */
export interface Told {
  /** Undefined over a WebSocket. */
  readonly status: number | undefined
  /** Answers in the form of the specification, in order: one, or those of a subscription. */
  readonly answers: readonly unknown[]
  /** Everything as text, headers included. */
  readonly text: string
  /** Whether the server said that it was all. */
  readonly isOver: boolean
}

/** Sends an operation by POST or GET. */
export async function askByHttp(
  { url }: Address,
  { query, operationName, variables }: SentOperation,
  { method, headers }: { readonly method: 'GET' | 'POST'; readonly headers: Headers },
): Promise<Told> {
  const address = new URL(`${url}/graphql`)
  const named = operationName === undefined ? {} : { operationName }
  if (method === 'GET') {
    const parameters = { query, ...named, variables: JSON.stringify(variables) }
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  }
  const body = JSON.stringify({ query, ...named, variables })
  const response = await fetch(address, {
    method,
    headers: { ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(method === 'POST' ? { body } : {}),
  })
  return toldBy(response)
}

/** Sends any body. */
export async function sendBody(
  { url }: Address,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Headers,
): Promise<Told> {
  return toldBy(
    await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }),
  )
}

async function toldBy(response: Response): Promise<Told> {
  const text = await response.text()
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  return {
    status: response.status,
    answers: isStream
      ? [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => parsed(data ?? ''))
      : [parsed(text)],
    text: `${JSON.stringify([...response.headers])}\n${text}`,
    isOver: true,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return `no JSON: ${text.slice(0, 200)}`
  }
}

/** How long a subscription is listened to. */
export interface Listening {
  /** After so many answers the client leaves. */
  readonly maxAnswers: number
  /** After so long it leaves, too, in milliseconds. */
  readonly forMs: number
}

/** Sends an operation to the route of event streams. */
export async function askByStream(
  gateway: Address,
  { query, operationName, variables }: SentOperation,
  { headers, maxAnswers, forMs }: Listening & { readonly headers: Headers },
): Promise<Told> {
  const leaving = new AbortController()
  const timer = setTimeout(() => leaving.abort(), forMs)
  const answers: unknown[] = []
  const texts: string[] = []
  let isOver = false
  let status: number | undefined
  try {
    const response = await fetch(eventStreamUrl(gateway), {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, ...(operationName === undefined ? {} : { operationName }), variables }),
      signal: leaving.signal,
    })
    status = response.status
    if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true)
      return await toldBy(response)
    for await (const { event, data } of eventsOf(response)) {
      texts.push(data)
      if (event === 'complete') isOver = true
      else answers.push(parsed(data))
      if (answers.length >= maxAnswers && !isOver) break
    }
  } catch (error) {
    if (!leaving.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    leaving.abort()
  }
  return { status, answers, text: texts.join('\n'), isOver }
}

/** A WebSocket over which many operations go at the same time. */
export interface FuzzSocket extends AsyncDisposable {
  ask(operation: SentOperation, listening: Listening): Promise<Told>
}

const messageSchema = z.object({
  type: z.string(),
  id: z.string().optional(),
  payload: z.unknown().optional(),
})

/** Opens one, with these as `connection_init` has them. */
export async function openFuzzSocket(
  gateway: Address,
  connectionParams: Readonly<Record<string, string>>,
): Promise<FuzzSocket> {
  const raw = await openSocket(gateway)
  const receivers = new Map<string, (type: string, payload: unknown, text: string) => void>()
  const lost = Promise.withResolvers<never>()
  // Who asks is told; where nobody does, nobody has to be.
  lost.promise.catch(() => {})
  raw.closed.then(({ code, reason }) =>
    lost.reject(new Error(`the WebSocket was closed with ${code} ${reason}`)),
  )
  raw.send({ type: 'connection_init', payload: connectionParams })
  await raw.next()
  raw.socket.removeAllListeners('message')
  raw.socket.on('message', (data) => {
    const text = String(data)
    const { type, id = '', payload } = messageSchema.parse(JSON.parse(text))
    receivers.get(id)?.(type, payload, text)
  })
  let ids = 0
  return {
    async ask({ query, operationName, variables }, { maxAnswers, forMs }) {
      ids += 1
      const id = `operation ${ids}`
      const answers: unknown[] = []
      const texts: string[] = []
      const end = Promise.withResolvers<boolean>()
      const timer = setTimeout(() => end.resolve(false), forMs)
      receivers.set(id, (type, payload, text) => {
        texts.push(text)
        if (type === 'complete') return end.resolve(true)
        answers.push(type === 'error' ? { errors: payload } : payload)
        if (type === 'error') end.resolve(true)
        else if (answers.length >= maxAnswers) end.resolve(false)
      })
      const named = operationName === undefined ? {} : { operationName }
      raw.send({ id, type: 'subscribe', payload: { query, ...named, variables } })
      try {
        const isOver = await Promise.race([end.promise, lost.promise])
        if (!isOver) raw.send({ id, type: 'complete' })
        return { status: undefined, answers, text: texts.join('\n'), isOver }
      } finally {
        clearTimeout(timer)
        receivers.delete(id)
      }
    },
    [Symbol.asyncDispose]: () => raw[Symbol.asyncDispose](),
  }
}

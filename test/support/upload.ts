import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

const answerSchema = z.looseObject({
  errors: z
    .array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string() }) }))
    .optional(),
})

/** What a part was answered. */
export interface PartAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  /** Of the first error; undefined where there is none. */
  readonly code: string | undefined
  /** Of the first error; empty where there is none. */
  readonly message: string
}

/** A part on its way. */
export interface PartRequest {
  /** Takes the bytes of the body. */
  readonly request: ClientRequest
  /** Rejects where the connection breaks before there is an answer. */
  readonly answer: Promise<PartAnswer>
}

/** Where a part goes, and what with. */
export interface PartOptions {
  readonly id: string
  readonly partNumber?: number | string
  readonly headers?: Readonly<Record<string, string | number>>
}

/** Begins to send a part as the demo user, on a connection of its own. The body is the caller's to write. */
export function openPart(
  gateway: { readonly url: string },
  { id, partNumber = 1, headers = {} }: PartOptions,
): PartRequest {
  const sending = request(`${gateway.url}/upload-sessions/${encodeURIComponent(id)}/parts/${partNumber}`, {
    method: 'PUT',
    // As browsers do. A server that was told to close behind its answer may cut off a body that it answers early.
    agent: new Agent({ keepAlive: true }),
    headers: { authorization: 'sandbox-demo', 'content-type': 'application/octet-stream', ...headers },
  })
  const answer = new Promise<PartAnswer>((resolve, reject) => {
    sending.on('error', reject)
    sending.on('response', (response) => resolve(read(response)))
  })
  // Who sends looks at the answer when it is time for it.
  answer.catch(() => {})
  return { request: sending, answer }
}

/** Sends a whole part. */
export function sendPart(
  gateway: { readonly url: string },
  body: Uint8Array,
  options: PartOptions,
): Promise<PartAnswer> {
  const headers = { 'content-length': body.length, ...options.headers }
  const part = openPart(gateway, { ...options, headers })
  part.request.end(body)
  return part.answer
}

async function read(response: IncomingMessage): Promise<PartAnswer> {
  const body = answerSchema.parse(await json(response))
  const [error] = body.errors ?? []
  return {
    status: response.statusCode ?? 0,
    body,
    code: error?.extensions.code,
    message: error?.message ?? '',
  }
}

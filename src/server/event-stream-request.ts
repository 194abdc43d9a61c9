import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { badRequest, forbidden, type GatewayError } from '../core/errors.ts'
import { isHarmlessGet } from './graphql-route.ts'

/** What a client asks for on a stream of its own. */
export interface EventStreamRequest {
  /** Empty where `extensions.persistedQuery` stands for it. */
  readonly query: string
  readonly operationName: string | null
  readonly variables: Readonly<Record<string, unknown>> | null
  readonly extensions: Readonly<Record<string, unknown>> | null
}

/** Why a request is not looked at any further. */
export interface Refusal {
  readonly status: number
  readonly error: GatewayError
}

/** The parameters of a request (GraphQL over HTTP, Request Parameters). Of `extensions`, `persistedQuery` means something. */
const parametersSchema = z
  .object({
    query: z.string().optional(),
    operationName: z.string().nullish(),
    variables: z.record(z.string(), z.unknown()).nullish(),
    extensions: z.record(z.string(), z.unknown()).nullish(),
  })
  .refine(({ query, extensions }) => query !== undefined || extensions?.['persistedQuery'] !== undefined)

/** Looks at the headers of a request, before its body is read. Undefined where nothing speaks against it. */
export function refusalOf(request: FastifyRequest, allowedOrigins: readonly string[]): Refusal | undefined {
  const { method, headers } = request
  if (!allowsEventStream(headers.accept)) {
    return refusal(406, 'Here are only streams of events: accept `text/event-stream`.')
  }
  if (method === 'POST' && !isJson(headers['content-type'])) {
    return refusal(415, 'Send the body as `application/json`.')
  }
  if (method === 'GET' && !isHarmlessGet(request, allowedOrigins)) {
    const message =
      'Pages of this origin may not use this gateway. Its operator can add it to ALLOWED_ORIGINS.'
    return { status: 403, error: forbidden(message) }
  }
  return undefined
}

const refusal = (status: number, message: string): Refusal => ({ status, error: badRequest(message) })

/**
 * Reads what is asked for, from the body of a POST or the address of a GET.
 *
 * @throws GatewayError BAD_REQUEST where it cannot be read
 */
export function eventStreamRequestOf({ method, body, query: search }: FastifyRequest): EventStreamRequest {
  const parsed = parametersSchema.safeParse(method === 'GET' ? parametersOfAddress(search) : body)
  if (!parsed.success) {
    throw badRequest(
      'The request has to have a text as `query`. `operationName` is a text, `variables` and `extensions` are objects.',
    )
  }
  const { query = '', operationName = null, variables = null, extensions = null } = parsed.data
  return { query, operationName, variables, extensions }
}

/** In an address, what is no text is written as JSON. */
function parametersOfAddress(search: unknown): unknown {
  const parameters = z.record(z.string(), z.unknown()).parse(search)
  for (const name of ['variables', 'extensions']) {
    if (parameters[name] !== undefined) parameters[name] = parsedJson(name, parameters[name])
  }
  return parameters
}

function parsedJson(name: string, text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    throw badRequest(`\`${name}\` is not JSON.`)
  }
}

/** Browsers and graphql-sse name the type; programs that name none take anything (RFC 9110, 12.5.1). */
function allowsEventStream(accept = '*/*'): boolean {
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
    return ['text/event-stream', 'text/*', '*/*'].includes(type) && !isRefused
  })
}

function isJson(contentType = ''): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType)
}

import { z } from 'zod'
import {
  badUserInput,
  conflict,
  type ErrorDetail,
  forbidden,
  GatewayError,
  type UpstreamDetail,
  unauthenticated,
  upstreamError,
  upstreamInvalidResponse,
  upstreamRateLimited,
  upstreamUnavailable,
} from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import { type Clock, systemClock } from '../core/time.ts'
import type { AnswerHeaders } from './answer-headers.ts'
import { type BurstBudget, createBurstBudget } from './burst-budget.ts'
import { createCircuit } from './circuit.ts'
import { lostAnswerHint } from './connection-failure.ts'
import {
  createHttpClient,
  type UpstreamAnswer,
  type UpstreamCall,
  type UpstreamFile,
  type UpstreamMethod,
} from './http-client.ts'
import { noUpstreamEvents, observedCall, type UpstreamEvents } from './observed-call.ts'
import type { UpstreamPath } from './path.ts'
import type { PolledUpstream } from './polled-upstream.ts'
import { quoted } from './quoted.ts'
import { meaningOf, statusFailure, waitIn } from './status-failure.ts'
import { createUploadClient, type UploadCall } from './upload-client.ts'
import { healthOf, onRecovery, type UpstreamHealth } from './upstream-health.ts'

/** The envelope around every answer of Vault (API reference, Errors). Everything in it but the status is optional. */
const envelopeSchema = z.compile(
  z.looseObject({
    responseStatus: z.string(),
    responseMessage: z.string().nullish(),
    errors: z.array(z.looseObject({ type: z.string().nullish(), message: z.string().nullish() })).nullish(),
  }),
)

/** Vault's error types (API reference, Errors, error types) and what they are to us. Others are UPSTREAM_ERROR. */
const errorsByType: Readonly<Record<string, (message: string, detail: ErrorDetail) => GatewayError>> = {
  INVALID_SESSION_ID: unauthenticated,
  INACTIVE_USER: unauthenticated,
  NO_PASSWORD_PROVIDED: unauthenticated,
  USERNAME_OR_PASSWORD_INCORRECT: unauthenticated,
  USER_LOCKED_OUT: unauthenticated,
  PASSWORD_CHANGE_REQUIRED: unauthenticated,
  INSUFFICIENT_ACCESS: forbidden,
  INVALID_DATA: badUserInput,
  PARAMETER_REQUIRED: badUserInput,
  ATTRIBUTE_NOT_SUPPORTED: badUserInput,
  INVALID_FILTER: badUserInput,
  INCORRECT_QUERY_SYNTAX_ERROR: badUserInput,
  EXCEEDS_FILE_MAX_SIZE: badUserInput,
  OPERATION_NOT_ALLOWED: conflict,
  OPERATION_IN_PROGRESS: conflict,
  ITEM_NAME_EXISTS: conflict,
  RACE_CONDITION: conflict,
  API_LIMIT_EXCEEDED: upstreamRateLimited,
}

/** By this name Vault's usage log and its filter of clients know the gateway (API reference, Client ID). */
const clientId = 'vaultline'

/** Binary answers have no envelope, but this header has its `responseStatus` (API reference, Response Headers; since 23R2). */
const tellsFailure = (headers: AnswerHeaders) =>
  ['FAILURE', exception].includes(headers.get('x-vaultapi-status') ?? '')

/** Vault's word for a fault of its own (API reference, Errors). */
const exception = 'EXCEPTION'

const isException = (body: unknown) =>
  typeof body === 'object' && body !== null && 'responseStatus' in body && body.responseStatus === exception

const jsonType = { 'content-type': 'application/json' }

/** The types with which Vault answers a look-up by a key that it does not know. */
const unknownKeyTypes = ['INVALID_DATA', 'MALFORMED_URL']

/** An answer of Vault that was a success. */
export interface VaultAnswer {
  /** The envelope with the payload in it. */
  readonly body: Readonly<Record<string, unknown>>
  /** For errors about the payload. */
  readonly upstream: UpstreamDetail
  /** Vault's id of itself, as it stands on its answers. */
  readonly vaultId: string | undefined
}

interface VaultCall extends Pick<UpstreamCall, 'query' | 'signal' | 'progress'> {
  /** False: what the headers of the answer say of the burst limit means nothing on this route. True by default. */
  readonly tellsBurst?: boolean
}

type SentCall = VaultCall & Pick<UpstreamCall, 'form' | 'headers'>

type VaultUpload = Pick<UploadCall, 'headers' | 'body' | 'signal'>

/** Vault's REST API, its envelope opened. */
export interface VaultClient {
  /** Vault's own name for where it is: its host, with the port where that is not HTTPS's (API reference, vaultDNS). */
  readonly host: string
  /** @param path behind `/api/{version}`, as `pathOf` builds it */
  get(access: Access, path: UpstreamPath, call: VaultCall): Promise<VaultAnswer>
  /**
   * Writes: sent once and never again, and not ended when its caller leaves. Where the answer is lost, the message of
   * the error says to look before trying again.
   *
   * @param form fields of the body; left out: no body
   */
  post(access: Access, path: UpstreamPath, form?: Readonly<Record<string, string>>): Promise<VaultAnswer>
  /** Deletes, likewise once. */
  delete(access: Access, path: UpstreamPath): Promise<VaultAnswer>
  /** Writes likewise, on a route that wants the content type of JSON and no body. */
  postJson(access: Access, path: UpstreamPath): Promise<VaultAnswer>
  /** Sends a file, likewise once, and only as fast as Vault takes it. Ends when its caller leaves: half a file is nothing. */
  put(access: Access, path: UpstreamPath, upload: VaultUpload): Promise<VaultAnswer>
  /** Opens a binary answer. A failure that Vault tells as JSON in HTTP 200 is thrown like any other. */
  open(access: Access, path: UpstreamPath, call: VaultCall): Promise<UpstreamFile>
  /**
   * Goes on with a list by the link that Vault gave, relative or absolute. Only its path and query are used: the call
   * goes to the configured Vault whatever host the link names, since it carries the caller's credential.
   */
  follow(access: Access, link: string, call: VaultCall): Promise<VaultAnswer>
  /** What Vault tells of its burst limit, which is one for all callers. */
  readonly budget: BurstBudget
  /** For watches. */
  readonly polled: PolledUpstream
  readonly health: UpstreamHealth
  close(): Promise<void>
}

/** Settings of a {@link VaultClient}. */
export interface VaultOptions {
  readonly url: string
  /** Such as `v26.1`. */
  readonly apiVersion: string
  readonly timeoutMs: number
  /** Who is told of calls. Nobody, by default. */
  readonly events?: UpstreamEvents
  /** Default: that of the machine. */
  readonly clock?: Clock
}

/** The route of a call that goes on with a list by a link of Vault's. */
const nextPageRoute = 'the next page of a list'

/** Makes the client of one Vault. */
export function createVaultClient(options: VaultOptions): VaultClient {
  const { url, apiVersion, timeoutMs, events = noUpstreamEvents, clock = systemClock } = options
  const headers = { 'x-vaultapi-clientid': clientId }
  const circuit = createCircuit(clock)
  const budget = createBurstBudget(clock)
  const common = { service: 'vault', baseUrl: url, timeoutMs, headers, isException, circuit } as const
  const http = createHttpClient({ ...common, tellsFailure })
  const uploads = createUploadClient(common)
  const basePath = `/api/${apiVersion}`

  const noteBurst = ({ headers }: Pick<UpstreamAnswer, 'headers'>, { tellsBurst = true }: VaultCall) =>
    tellsBurst ? budget.note(headers) : budget.noteDelayAlone(headers)
  budget.onNoted(({ burst }) => {
    if (burst !== undefined) events.onBurstLimit(burst.remaining)
  })
  const observed = <Answer>(method: UpstreamMethod, route: string, call: () => Promise<Answer>) =>
    observedCall(events, { service: 'vault', method, route }, call)
  const sendTo = (method: UpstreamMethod, access: Access, { text, route }: UpstreamPath, call: SentCall) =>
    observed(method, route, () =>
      http.call({ ...call, ...callerOf(access), method, path: text }).then((answer) => {
        noteBurst(answer, call)
        return openEnvelope(answer, access, method)
      }),
    )
  const inApi = ({ text, route }: UpstreamPath): UpstreamPath => ({ text: basePath + text, route })
  const send = (method: UpstreamMethod, access: Access, path: UpstreamPath, call: SentCall) =>
    sendTo(method, access, inApi(path), call)
  return {
    host: new URL(url).host,
    get: (access, path, call) => send('GET', access, path, call),
    post: (access, path, form) => send('POST', access, path, form === undefined ? {} : { form }),
    delete: (access, path) => send('DELETE', access, path, {}),
    postJson: (access, path) => send('POST', access, path, { headers: jsonType }),
    put: (access, { text, route }, upload) =>
      observed('PUT', route, async () => {
        const answer = await uploads.put({ ...upload, ...callerOf(access), path: basePath + text })
        noteBurst(answer, upload)
        return openEnvelope(answer, access, 'PUT')
      }),
    follow: async (access, link, call) =>
      sendTo('GET', access, { text: pathOfLink(link, url), route: nextPageRoute }, call),
    open: (access, { text, route }, call) =>
      observed('GET', route, async () => {
        const answer = await http.openFile({
          ...call,
          ...callerOf(access),
          method: 'GET',
          path: basePath + text,
        })
        noteBurst(answer, call)
        return fileOf(answer, access)
      }),
    budget,
    polled: { ...budget.pace, onRecovered: onRecovery(circuit) },
    health: healthOf(circuit, [http, uploads]),
    async close() {
      await Promise.all([http.close(), uploads.close()])
    },
  }
}

const callerOf = ({ authorization, callerKey, isPoll = false }: Access) => ({
  authorization,
  place: { callerKey, isPoll },
})

/**
 * Turns "Vault knows no such key" into null.
 *
 * @throws everything else that the look-up throws
 */
export const orNullIfUnknown = <Value>(lookUp: Promise<Value>): Promise<Value | null> =>
  lookUp.catch(nullIfUnknown)

function nullIfUnknown(error: unknown): null {
  if (isUnknownKey(error)) return null
  throw error
}

/**
 * Makes of "Vault knows no such key" the error to tell. Everything else that a look-up threw is thrown as it is.
 *
 * @param errorOf gets what Vault refused with
 */
export function throwIfUnknown(errorOf: (refusal: GatewayError) => GatewayError): (error: unknown) => never {
  return (error) => {
    throw isUnknownKey(error) ? errorOf(error) : error
  }
}

/** Whether a call by key failed since Vault does not know the key (or hides that it does). */
export function isUnknownKey(error: unknown): error is GatewayError {
  const type = error instanceof GatewayError ? error.extensions.upstream?.type : undefined
  return type !== undefined && unknownKeyTypes.includes(type)
}

function pathOfLink(link: string, url: string): string {
  const target = URL.parse(link, url)
  if (target?.pathname.startsWith('/api/') !== true) {
    throw upstreamInvalidResponse('Vault gave a link to the next page that leads out of its API.', {
      upstream: { service: 'vault' },
    })
  }
  return target.pathname + target.search
}

function fileOf(answer: UpstreamFile | UpstreamAnswer, access: Access): UpstreamFile {
  if ('stream' in answer) return answer
  const { upstream } = openEnvelope(answer, access, 'GET')
  throw upstreamInvalidResponse('Vault answered JSON where a file was asked for.', { upstream })
}

/**
 * Opens the envelope: Vault tells most errors in HTTP 200, so that the HTTP status is looked at only where there
 * is no envelope, or nothing in it that is known (API reference, Errors).
 */
function openEnvelope(
  { status, headers, body }: UpstreamAnswer,
  access: Access,
  method: UpstreamMethod,
): VaultAnswer {
  const executionId = headers.get('x-vaultapi-executionid')
  const upstream: UpstreamDetail = {
    service: 'vault',
    status,
    ...(executionId === null ? {} : { executionId }),
  }
  const envelope = envelopeSchema.safeParse(body)
  if (!envelope.success) throw statusFailure({ status, headers, body }, upstream, method)
  switch (envelope.data.responseStatus) {
    case 'SUCCESS':
    case 'WARNING':
      return { body: envelope.data, upstream, vaultId: headers.get('x-vaultapi-vaultid') ?? undefined }
    case exception:
      throw upstreamUnavailable(
        `Vault failed: ${quoted(messagesOf(envelope.data), access)}. ${lostAnswerHint(method)}`,
        { upstream: withType(upstream, envelope.data.errors?.[0]?.type), ...waitIn(headers) },
      )
    default:
      throw failure(envelope.data, { upstream, ...waitIn(headers) }, { status, method }, access)
  }
}

/**
 * Where the type says nothing, the HTTP status may tell that it passes: a proxy before Vault, or a Vault of later, may answer by
 * both. That a session or a right is missing is for the type alone to say: it ends what is followed.
 */
function failure(
  envelope: z.output<typeof envelopeSchema>,
  { upstream, ...wait }: ErrorDetail & { readonly upstream: UpstreamDetail },
  { status, method }: { readonly status: number; readonly method: UpstreamMethod },
  access: Access,
): GatewayError {
  const types = (envelope.errors ?? []).flatMap(({ type }) => type ?? [])
  const known = types.find((one) => Object.hasOwn(errorsByType, one))
  const type = known ?? types[0]
  const byType = known === undefined ? undefined : errorsByType[known]
  const byStatus = status === 429 || status >= 500 ? meaningOf(status)?.makeError : undefined
  const makeError = byType ?? byStatus ?? upstreamError
  const isLost = makeError === upstreamUnavailable
  const whatToDo = isLost ? ` ${lostAnswerHint(method)}` : advice(type)
  return makeError(`Vault refused: ${quoted(messagesOf(envelope), access)}.${whatToDo}`, {
    upstream: withType(upstream, type),
    ...wait,
  })
}

const withType = (upstream: UpstreamDetail, type: string | null | undefined): UpstreamDetail =>
  type == null ? upstream : { ...upstream, type }

function messagesOf({ errors, responseMessage }: z.output<typeof envelopeSchema>): string {
  const messages = (errors ?? []).flatMap(({ message, type }) => message ?? type ?? [])
  return messages.length > 0 ? messages.join(' ') : (responseMessage ?? 'no reason given')
}

/** What a frontend developer can do about it, where that is not plain from Vault's words. */
function advice(type: string | undefined): string {
  switch (type) {
    case 'INVALID_SESSION_ID':
      return ' Sign in to Vault again and send the new session id as `Authorization`.'
    case 'INSUFFICIENT_ACCESS':
      return ' Ask the Vault admin for the permission.'
    case 'API_LIMIT_EXCEEDED':
      return ' Vault takes no more of these calls for now.'
    default:
      return ''
  }
}

/** The back ends that a failure can come from. */
export type UpstreamService = 'vault' | 'feldera'

/**
 * Every code that the gateway itself puts into `errors[].extensions.code`: the closed list of `docs/errors.md`.
 * Apollo Server adds its own for documents that it cannot parse, validate or find.
 */
export const errorCodes = [
  'UNAUTHENTICATED',
  'USERNAME_OR_PASSWORD_INCORRECT',
  'USER_LOCKED_OUT',
  'PASSWORD_CHANGE_REQUIRED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'CONFLICT',
  'RATE_LIMITED',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID_RESPONSE',
  'UPSTREAM_ERROR',
  'UPSTREAM_NOT_CONFIGURED',
  'BAD_REQUEST',
  'INTERNAL_SERVER_ERROR',
] as const

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[number]

/** What is told of the upstream call behind an error (`docs/errors.md`). */
export interface UpstreamDetail {
  readonly service: UpstreamService
  /** The HTTP status, when there was an answer. */
  readonly status?: number
  /** Vault's `errors[].type` or Feldera's `error_code`. */
  readonly type?: string
  /** Vault's id of the call, which Veeva's support asks for. */
  readonly executionId?: string
}

/** What an error carries beside its code and message. */
export interface ErrorDetail {
  readonly upstream?: UpstreamDetail
  /** Seconds after which another try makes sense. */
  readonly retryAfter?: number
  /** What went wrong underneath. Its words are logged (`failure-report.ts`), and it is never sent. */
  readonly cause?: unknown
}

/** What a client finds in `errors[].extensions`. */
export interface ErrorExtensions {
  readonly code: ErrorCode
  readonly upstream?: UpstreamDetail
  readonly retryAfter?: number
}

/**
 * The one kind of error that reaches a client in its own words; anything else that is thrown is masked.
 * Made by the functions of this file and nowhere else.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  /** Read by graphql-js, which copies it to the error that the client sees. */
  readonly extensions: ErrorExtensions

  constructor(code: ErrorCode, message: string, { cause, upstream, retryAfter }: ErrorDetail = {}) {
    super(message, { cause })
    this.extensions = {
      code,
      ...(upstream === undefined ? {} : { upstream }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    }
  }

  get code(): ErrorCode {
    return this.extensions.code
  }
}

/** What was thrown, as an `Error`: anything can be thrown, and a signal be aborted with anything. */
export const errorOf = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown))

/** Whether an error is the gateway's own and has this code. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is GatewayError {
  return error instanceof GatewayError && codes.includes(error.code)
}

/** Whether trying again later may help, since nothing is wrong with what was asked or with who asked. */
export function isTransient(error: unknown): boolean {
  return hasCode(
    error,
    'UPSTREAM_RATE_LIMITED',
    'UPSTREAM_TIMEOUT',
    'UPSTREAM_UNAVAILABLE',
    'UPSTREAM_INVALID_RESPONSE',
    'UPSTREAM_ERROR',
  )
}

/** The same failure in other words: where it is seen, more is known of it than where it happened. */
export const reworded = (error: GatewayError, message: string) =>
  new GatewayError(error.code, message, { ...error.extensions, cause: error.cause })

/** The credential is missing, or the upstream does not take it. */
export const unauthenticated = (message: string, detail?: ErrorDetail) =>
  new GatewayError('UNAUTHENTICATED', message, detail)

/** Vault knows no user with this name and this password. */
export const usernameOrPasswordIncorrect = (message: string, detail?: ErrorDetail) =>
  new GatewayError('USERNAME_OR_PASSWORD_INCORRECT', message, detail)

/** Vault has locked the user out, since the password was wrong too often. */
export const userLockedOut = (message: string, detail?: ErrorDetail) =>
  new GatewayError('USER_LOCKED_OUT', message, detail)

/** The password is right, and Vault takes it no longer. */
export const passwordChangeRequired = (message: string, detail?: ErrorDetail) =>
  new GatewayError('PASSWORD_CHANGE_REQUIRED', message, detail)

/** The credential is good, but does not allow this. */
export const forbidden = (message: string, detail?: ErrorDetail) =>
  new GatewayError('FORBIDDEN', message, detail)

/** A mutation, a subscription or a download names something that is not there. */
export const notFound = (message: string, detail?: ErrorDetail) =>
  new GatewayError('NOT_FOUND', message, detail)

/** An argument cannot be used. The message names it and what it may be. */
export const badUserInput = (message: string, detail?: ErrorDetail) =>
  new GatewayError('BAD_USER_INPUT', message, detail)

/** What was asked for does not fit the present state of the thing. */
export const conflict = (message: string, detail?: ErrorDetail) =>
  new GatewayError('CONFLICT', message, detail)

/** The gateway itself takes no more of these for now. No upstream was asked. */
export const rateLimited = (message: string, detail: ErrorDetail) =>
  new GatewayError('RATE_LIMITED', message, detail)

/** The upstream takes no more calls for now. */
export const upstreamRateLimited = (message: string, detail: ErrorDetail) =>
  new GatewayError('UPSTREAM_RATE_LIMITED', message, detail)

/** No answer in time. */
export const upstreamTimeout = (message: string, detail: ErrorDetail) =>
  new GatewayError('UPSTREAM_TIMEOUT', message, detail)

/** Refused, reset, 5xx, or an exception on the upstream's side. */
export const upstreamUnavailable = (message: string, detail: ErrorDetail) =>
  new GatewayError('UPSTREAM_UNAVAILABLE', message, detail)

/** An answer that does not parse, or does not fit. The message names the field. */
export const upstreamInvalidResponse = (message: string, detail: ErrorDetail) =>
  new GatewayError('UPSTREAM_INVALID_RESPONSE', message, detail)

/** Any other failure that an upstream reports. */
export const upstreamError = (message: string, detail: ErrorDetail) =>
  new GatewayError('UPSTREAM_ERROR', message, detail)

/** The gateway runs without this upstream. */
export const upstreamNotConfigured = (service: UpstreamService) =>
  new GatewayError(
    'UPSTREAM_NOT_CONFIGURED',
    service === 'vault'
      ? 'This gateway has no Vault: the operator has not set VAULT_URL. Fields of Feldera still work.'
      : 'This gateway has no Feldera: the operator has not set FELDERA_URL. Fields of Vault still work.',
    { upstream: { service } },
  )

/** What was sent cannot be used, whatever it asks for: too large, no JSON, no such route, too much at a time. */
export const badRequest = (message: string) => new GatewayError('BAD_REQUEST', message)

/** The gateway stops, and what was under way with it. */
export const gatewayStopping = () =>
  new GatewayError(
    'INTERNAL_SERVER_ERROR',
    'The gateway stops. Send the request again, after a write only once you have looked.',
  )

/** What a client is told of a fault of the gateway itself. The reason is in the log under the same id. */
export const internalServerError = (errorId: string) =>
  new GatewayError(
    'INTERNAL_SERVER_ERROR',
    `The gateway failed to answer this. The operator finds the reason in the log under error ${errorId}.`,
  )

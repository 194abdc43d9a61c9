import type { ErrorCode, GatewayError } from '../core/errors.ts'

/** The HTTP status of an error outside GraphQL, such as on a download (RFC 9110, 15). */
const statusByCode: Readonly<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  USERNAME_OR_PASSWORD_INCORRECT: 401,
  USER_LOCKED_OUT: 403,
  PASSWORD_CHANGE_REQUIRED: 403,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  BAD_REQUEST: 400,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  UPSTREAM_RATE_LIMITED: 429,
  UPSTREAM_TIMEOUT: 504,
  UPSTREAM_UNAVAILABLE: 503,
  UPSTREAM_INVALID_RESPONSE: 502,
  UPSTREAM_ERROR: 502,
  UPSTREAM_NOT_CONFIGURED: 501,
  INTERNAL_SERVER_ERROR: 500,
}

/** See `statusByCode`. */
export const statusOf = (code: ErrorCode): number => statusByCode[code]

/** Answers outside GraphQL have the form of GraphQL's errors. */
export const errorBody = ({ message, extensions }: GatewayError) => ({ errors: [{ message, extensions }] })

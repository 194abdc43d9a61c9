import { errors } from 'undici'

/** The upstream was not reached, or the connection broke. The only failure that another try may mend. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
}

/** The upstream kept silent for longer than it may. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError'
}

/** What came back is no HTTP answer that can be used. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError'
}

/** Each may come a little before the time for the call is over: undici's clock is coarse. */
const timeouts = [errors.ConnectTimeoutError, errors.HeadersTimeoutError, errors.BodyTimeoutError]

/** The words of llhttp where a connection has ended within an answer. Undici hands its code on as undefined. */
const brokenOff = /Invalid EOF state/

/**
 * Tells undici's failures apart by what can be done about them. How far the call came, its `CallProgress` knows.
 *
 * @returns as it is, that a request cannot be sent at all: this is a fault of ours
 */
export function namedError(error: unknown): Error {
  if (error instanceof AnswerError || error instanceof errors.InvalidArgumentError) return error
  if (timeouts.some((kind) => error instanceof kind)) {
    return new SilenceError('no answer in time', { cause: error })
  }
  if (error instanceof errors.HTTPParserError && !brokenOff.test(error.message)) {
    return new AnswerError('the answer is not HTTP', { cause: error })
  }
  if (error instanceof errors.HeadersOverflowError) {
    return new AnswerError('its headers are too long', { cause: error })
  }
  return new ConnectionError('the connection failed', { cause: error })
}

import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

/** How far one call has come: it waits for its turn, or for a connection, or was sent at least in part. */
export class CallProgress {
  step: 'waiting' | 'connecting' | 'sent' = 'waiting'
}

/**
 * Notes in the {@link CallProgress} that a request has as its `opaque` when undici begins to write it to a connection. Errors do
 * not tell: a connection may fail in many ways before and after that moment, and a time-out can come at any.
 */
export const notingStart: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const progress = 'opaque' in options ? options.opaque : undefined
  return dispatch(options, progress instanceof CallProgress ? new NotingHandler(handler, progress) : handler)
}

/** Hands everything on. */
class NotingHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler
  readonly #progress: CallProgress

  constructor(handler: Dispatcher.DispatchHandler, progress: CallProgress) {
    this.#handler = handler
    this.#progress = progress
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown) {
    this.#progress.step = 'sent'
    this.#handler.onRequestStart?.(controller, context)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
    statusMessage?: string,
  ) {
    this.#handler.onResponseStart?.(controller, statusCode, headers, statusMessage)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer) {
    this.#handler.onResponseData?.(controller, chunk)
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders) {
    this.#handler.onResponseEnd?.(controller, trailers)
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error) {
    this.#handler.onResponseError?.(controller, error)
  }
}

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
  if (!(progress instanceof CallProgress)) return dispatch(options, handler)
  return dispatch(options, {
    onRequestStart(controller, context) {
      progress.step = 'sent'
      handler.onRequestStart?.(controller, context)
    },
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  })
}

import type { FastifyReply } from 'fastify'
import { OperationCancelled } from '../core/operation.ts'

/** A signal that aborts when the client goes away before its answer was sent, or when the gateway gives up. */
export function requestSignal({ raw }: FastifyReply, stopping: AbortSignal): AbortSignal {
  const abort = new AbortController()
  const stop = () => abort.abort(stopping.reason)
  const leave = () => {
    stopping.removeEventListener('abort', stop)
    if (!raw.writableFinished) abort.abort(new OperationCancelled('The client has gone.'))
  }
  stopping.addEventListener('abort', stop, { once: true })
  raw.once('close', leave)
  // It may have left while it was found out who it is.
  if (raw.destroyed) leave()
  if (stopping.aborted) stop()
  return abort.signal
}

import type { FastifyReply } from 'fastify'
import { OperationCancelled } from '../core/operation.ts'
import { Slab } from '../core/slab.ts'

/** What is to be ended when each of these aborts. */
const endings = new WeakMap<AbortSignal, Slab<() => void>>()

/** A signal that aborts when the client goes away before its answer was sent, or when the gateway gives up. */
export function requestSignal({ raw }: FastifyReply, stopping: AbortSignal): AbortSignal {
  const abort = new AbortController()
  const stop = () => abort.abort(stopping.reason)
  const ofStopping = endingsOf(stopping)
  const place = ofStopping.put(stop)
  const leave = () => {
    ofStopping.take(place)
    if (!raw.writableFinished) abort.abort(new OperationCancelled('The client has gone.'))
  }
  // It may have left while it was found out who it is.
  if (raw.destroyed) leave()
  else raw.once('close', leave)
  if (stopping.aborted) stop()
  return abort.signal
}

/**
 * Listens to a signal once for all requests. Listeners that came and went one behind the other keep hold of one another in Node,
 * as far as the garbage collector can tell in passing: each request would be kept, with all it has, until the next full collection.
 */
function endingsOf(signal: AbortSignal): Slab<() => void> {
  const known = endings.get(signal)
  if (known !== undefined) return known
  const made = new Slab<() => void>()
  endings.set(signal, made)
  signal.addEventListener(
    'abort',
    () => {
      for (const end of made.values()) end()
    },
    { once: true },
  )
  return made
}

/**
 * Whether an operation failed since its client had left, and not since the gateway gave up. A write is carried through all the
 * same, and has no errors.
 *
 * @param errors of its answer
 * @param signal that of the operation
 * @param stopping aborts when the gateway gives up
 */
export const wasCancelled = (
  errors: readonly unknown[] | undefined,
  signal: AbortSignal,
  stopping: AbortSignal,
): boolean => errors !== undefined && signal.aborted && !stopping.aborted

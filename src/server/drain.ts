import type { Server } from 'node:http'
import { OperationCancelled } from '../core/operation.ts'
import { type Clock, wait } from '../core/time.ts'

/** How long requests under way may go on when the gateway stops, in milliseconds. */
const drainTimeoutMs = 5000

/** How long those that were given up then have to send their answer, in milliseconds. */
const lastAnswerTimeoutMs = 1000

/** Knows which requests are under way. */
export interface Drain {
  /** Whether the gateway stops. */
  isDraining(): boolean
  /**
   * Waits until no request is under way; gives up those that take too long; then closes every connection that is left,
   * also those that never sent a request, as browsers open them in advance.
   *
   * @param giveUp ends what the operations under way wait for
   */
  finish(giveUp: AbortController): Promise<void>
}

/** Watches the requests of a server from now on. */
export function createDrain(server: Server, clock: Clock): Drain {
  let underWay = 0
  let isDraining = false
  const idle = Promise.withResolvers<void>()

  const settle = () => {
    if (underWay === 0 && isDraining) idle.resolve()
  }
  server.on('request', (_request, response) => {
    underWay += 1
    response.once('close', () => {
      underWay -= 1
      settle()
    })
  })
  return {
    isDraining: () => isDraining,
    async finish(giveUp) {
      isDraining = true
      settle()
      await Promise.race([idle.promise, wait(clock, drainTimeoutMs)])
      giveUp.abort(new OperationCancelled('The gateway stops.'))
      await Promise.race([idle.promise, wait(clock, lastAnswerTimeoutMs)])
      server.closeAllConnections()
    },
  }
}

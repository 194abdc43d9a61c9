import type { Server } from 'node:http'
import { OperationCancelled } from '../core/operation.ts'
import { type Clock, orAborted, wait } from '../core/time.ts'

/** How long requests under way may go on when the gateway stops, in milliseconds. */
const drainTimeoutMs = 5000

/** How long those that were given up then have to send their answer, in milliseconds. */
const lastAnswerTimeoutMs = 1000

/** Knows which requests are under way, and ends them in good order when the gateway stops. */
export interface Drain {
  /** Aborts when what is under way is given up. */
  readonly givenUp: AbortSignal
  /** Whether the gateway stops. */
  isDraining(): boolean
  /** The gateway stops: what is under way may go on for a bounded time. */
  begin(): void
  /**
   * Waits until no request is under way, or was given up. Then closes every connection that is left, also those that
   * never sent a request, as browsers open them in advance.
   */
  finish(): Promise<void>
}

/** Watches the requests of a server from now on. */
export function createDrain(server: Server, clock: Clock): Drain {
  let underWay = 0
  let isDraining = false
  const idle = Promise.withResolvers<void>()
  const giveUp = new AbortController()

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
    givenUp: giveUp.signal,
    isDraining: () => isDraining,
    begin() {
      isDraining = true
      clock.after(drainTimeoutMs, () => giveUp.abort(new OperationCancelled('The gateway stops.')))
      settle()
    },
    async finish() {
      await orAborted(idle.promise, giveUp.signal).catch(() =>
        Promise.race([idle.promise, wait(clock, lastAnswerTimeoutMs)]),
      )
      server.closeAllConnections()
    },
  }
}

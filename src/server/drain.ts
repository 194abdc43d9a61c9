import type { Server } from 'node:http'

/** Knows which requests are under way. */
export interface Drain {
  /**
   * Resolves when no request is under way. Then closes every connection that is left: Node keeps waiting for one
   * that never sent a request, as browsers open them in advance.
   */
  finish(): Promise<void>
}

/** Watches the requests of a server from now on. */
export function createDrain(server: Server): Drain {
  let underWay = 0
  const idle = Promise.withResolvers<void>()
  let isFinishing = false
  server.on('request', (_request, response) => {
    underWay += 1
    response.once('close', () => {
      underWay -= 1
      if (underWay === 0 && isFinishing) idle.resolve()
    })
  })
  return {
    async finish() {
      isFinishing = true
      if (underWay > 0) await idle.promise
      server.closeAllConnections()
    },
  }
}

import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the ports that systems give by themselves to connections and to who asks for any: between being found free here and
 * being taken, a port of those may be given to somebody else.
 */
const firstPort = 10_000
const lastPort = 32_000

/** Finds a port of loopback that nobody listens on, for a server that cannot take any by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, lastPort)
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      server.close()
      await once(server, 'close')
      return port
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    }
  }
}

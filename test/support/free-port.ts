import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the ports that systems give by themselves to connections and to who asks for any: between being found free here and
 * being taken, a port of those may be given to somebody else.
 */
const firstPort = 10_000
const lastPort = 32_000

/** What was found before, and may not be taken yet. */
const found = new Set<number>()

/** Finds a port of loopback that nobody listens on, for a server that cannot take any by itself; each one once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, lastPort)
    if (found.has(port)) continue
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      server.close()
      await once(server, 'close')
      found.add(port)
      return port
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    }
  }
}

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A server that does what a test says, byte by byte, where the sandbox's faults do not go that far. */
export interface ScriptedUpstream extends AsyncDisposable {
  readonly url: string
}

/** Starts a server on a free port that answers each request by `answer`. */
export async function startScriptedUpstream(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<ScriptedUpstream> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

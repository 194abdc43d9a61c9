import { createHttpClient, type HttpClientOptions } from '../../src/upstream/http-client.ts'
import { type Answer, startNodeServer } from './node-server.ts'

/** A client of a server that answers as told. */
export async function clientOf(answer: Answer, options: Partial<HttpClientOptions> = {}) {
  const server = await startNodeServer(answer)
  const http = createHttpClient({ service: 'vault', baseUrl: server.url, timeoutMs: 5000, ...options })
  return {
    server,
    http,
    async [Symbol.asyncDispose]() {
      await http.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

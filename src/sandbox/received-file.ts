import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** A file that came as a request's body. Its bytes are not kept. */
export interface ReceivedFile {
  headers: IncomingHttpHeaders
  sizeBytes: number
  /** In hex. */
  md5: string
}

/**
 * Reads a file to its end.
 *
 * @throws when the client goes away before
 */
export async function receiveFile(incoming: IncomingMessage): Promise<ReceivedFile> {
  const hash = createHash('md5')
  let sizeBytes = 0
  for await (const chunk of incoming) {
    sizeBytes += chunk.length
    hash.update(chunk)
  }
  return { headers: incoming.headers, sizeBytes, md5: hash.digest('hex') }
}

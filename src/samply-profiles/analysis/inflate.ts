import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { TaskRefusal } from '../../workers/serve.ts'

/** The largest profile that is read, in bytes as Feldera sends it. */
const maxProfileSizeBytes = 128 * 1024 * 1024

/** The most that a profile is inflated to, in bytes. It is read as it is inflated, and not kept: this bounds time. */
const maxInflatedSizeBytes = 2 * 1024 * 1024 * 1024

/** How much is inflated at a time, in bytes. */
const pieceBytes = 256 * 1024

/** How many bytes are compared to see whether a profile is still the same, from its beginning. */
export const beginningBytes = 64 * 1024

/** Which bytes a profile has. */
export interface ProfileIdentity {
  readonly sizeBytes: number
  /** Of all bytes, in lower-case hex. */
  readonly sha256: string
  /** The SHA-256 of the first {@link beginningBytes}. */
  readonly beginning: string
}

/**
 * Inflates a gzip while it arrives.
 *
 * @param read is handed each piece
 * @throws TaskRefusal where it is no whole gzip or too large, as soon as that is seen; what `read` and `bytes` throw
 */
export async function inflate(
  bytes: AsyncIterable<Uint8Array>,
  read: (piece: Uint8Array) => void,
): Promise<ProfileIdentity> {
  const [all, beginning] = [createHash('sha256'), createHash('sha256')]
  let sizeBytes = 0
  let inflatedBytes = 0
  async function* arriving() {
    for await (const chunk of bytes) {
      if (sizeBytes < beginningBytes) beginning.update(chunk.subarray(0, beginningBytes - sizeBytes))
      all.update(chunk)
      sizeBytes += chunk.length
      if (sizeBytes > maxProfileSizeBytes) throw tooLarge('it is larger than', maxProfileSizeBytes)
      yield chunk
    }
  }
  async function readPieces(pieces: AsyncIterable<Uint8Array>) {
    for await (const piece of pieces) {
      inflatedBytes += piece.length
      if (inflatedBytes > maxInflatedSizeBytes)
        throw tooLarge('it inflates to more than', maxInflatedSizeBytes)
      read(piece)
    }
  }
  await pipeline(Readable.from(arriving()), createGunzip({ chunkSize: pieceBytes }), readPieces).catch(
    (error: unknown) => {
      throw isZlibError(error) ? noGzip(error) : error
    },
  )
  return { sizeBytes, sha256: all.digest('hex'), beginning: beginning.digest('hex') }
}

const tooLarge = (what: string, bytes: number) => new TaskRefusal(`${what} ${bytes / 1024 ** 2} MB`)

const isZlibError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')

const noGzip = ({ code, message }: Error & { code: string }) =>
  new TaskRefusal(code === 'Z_BUF_ERROR' ? 'its gzip ends too early' : `it is no gzip (${message})`)

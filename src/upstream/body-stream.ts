import type { Readable } from 'node:stream'

/**
 * Hands the body of an answer on as a web stream, chunk by chunk and only as fast as it is read. Cancelling it closes
 * the connection.
 *
 * Node's own `Readable.toWeb` will not do: where its stream is cancelled while bytes are waiting, it throws out of a
 * timer (`ERR_INVALID_STATE`, Node 24), which ends the process.
 *
 * @param failureOf makes what the reader is thrown of what broke the body off
 */
export function bodyStream(
  body: Readable,
  failureOf: (error: unknown) => unknown,
): ReadableStream<Uint8Array> {
  // It may break before anybody reads; the reader is told then.
  body.on('error', () => {})
  const chunks = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next()
          if (done === true) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          throw failureOf(error)
        }
      },
      cancel() {
        body.destroy()
      },
    },
    { highWaterMark: 0 },
  )
}

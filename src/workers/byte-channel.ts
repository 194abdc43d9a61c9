import type { MessagePort } from 'node:worker_threads'

/** Chunks of a file that are on their way into a thread, or wait there. */
const maxChunksUnderWay = 16

/** From the thread: it has begun with its task, or has taken a chunk to read it. */
type FromReader = 'begun' | 'taken'

/** To the thread: a chunk, or why there are no more. */
type FromSender = Uint8Array | 'end' | 'broken'

/** The main thread's end of a channel. */
export interface ByteSender {
  /** Resolves once the thread has begun with its task. */
  readonly begun: Promise<void>
  /**
   * Opens a stream and hands it in. Where it fails to open or breaks off, the reader throws too.
   *
   * @throws what `open` throws, or what the stream breaks off with
   */
  send(open: () => Promise<ReadableStream<Uint8Array>>): Promise<void>
  /** Tells the reader that there is nothing to read. */
  sendNothing(): void
  /** Ends the channel. A stream that was not sent to its end is cancelled. */
  close(): void
}

/** Makes the main thread's end of a channel. */
export function createByteSender(port: MessagePort): ByteSender {
  const begun = Promise.withResolvers<void>()
  const credit = createCredit(maxChunksUnderWay)
  const closed = new AbortController()
  port.on('message', (message: FromReader) => (message === 'begun' ? begun.resolve() : credit.give()))

  const sendAll = async (stream: ReadableStream<Uint8Array>) => {
    const reader = stream.getReader()
    const cancel = () => void reader.cancel().catch(() => {})
    closed.signal.addEventListener('abort', cancel, { once: true })
    if (closed.signal.aborted) return cancel()
    for (;;) {
      await credit.take()
      const { done, value } = await reader.read()
      if (done || closed.signal.aborted) return
      // A chunk is often a part of a buffer that others hold parts of: what is handed over is a copy.
      const chunk = new Uint8Array(value)
      port.postMessage(chunk satisfies FromSender, [chunk.buffer])
    }
  }
  return {
    begun: begun.promise,
    async send(open) {
      try {
        await sendAll(await open())
        port.postMessage('end' satisfies FromSender)
      } catch (error) {
        port.postMessage('broken' satisfies FromSender)
        throw error
      }
    },
    sendNothing: () => port.postMessage('end' satisfies FromSender),
    close() {
      closed.abort()
      port.close()
    },
  }
}

/** How many more chunks the reader can take. */
function createCredit(initial: number): { give(): void; take(): Promise<void> } {
  let left = initial
  let waiting: (() => void) | undefined
  return {
    give() {
      left += 1
      waiting?.()
    },
    async take() {
      if (left === 0) {
        await new Promise<void>((resolve) => {
          waiting = resolve
        })
      }
      left -= 1
    },
  }
}

/** A file was not handed in to its end. The main thread knows why. */
export class BytesBroken extends Error {
  override readonly name = 'BytesBroken'
}

/**
 * The thread's end of a channel: tells that the task has begun, and reads what is sent.
 *
 * @returns to be read once; it throws {@link BytesBroken} where the stream has broken off
 */
export function receiveBytes(port: MessagePort): AsyncIterable<Uint8Array> {
  const waiting: FromSender[] = []
  let arrived: (() => void) | undefined
  port.on('message', (message: FromSender) => {
    waiting.push(message)
    arrived?.()
  })
  port.postMessage('begun' satisfies FromReader)

  async function* read(): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const message = waiting.shift()
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
        continue
      }
      if (message === 'end') return
      if (message === 'broken') throw new BytesBroken('the file did not come to its end')
      port.postMessage('taken' satisfies FromReader)
      yield message
    }
  }
  return read()
}

import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { errorOf } from '../core/errors.ts'
import type { Aborting } from './aborting.ts'
import { type AnswerHeaders, answerHeaders } from './answer-headers.ts'
import type { CallProgress } from './call-progress.ts'
import { AnswerError } from './connection-errors.ts'

/** The largest answer that is read into memory: 200 jobs have about 100 KB. */
export const maxAnswerSizeBytes = 16 * 1024 * 1024

/** An answer that was read whole. */
export interface WholeAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly text: string
}

/** Of the call that an answer belongs to. */
export interface WholeAnswerOptions {
  readonly progress: CallProgress
  readonly aborting: Aborting
  /** Called once, when the connection is free again, be it after the call has failed. */
  readonly free: () => void
}

/**
 * Sends a request and reads its answer whole. A handler of our own costs a fraction of undici's `request`, which makes a
 * stream that would be read only to its end.
 *
 * @throws AnswerError beyond {@link maxAnswerSizeBytes}; what undici fails with; or the reason of the abort, at once
 */
export function dispatchWhole(
  dispatcher: Pick<Dispatcher, 'dispatch'>,
  request: Dispatcher.DispatchOptions,
  options: WholeAnswerOptions,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(request, new WholeAnswerHandler(options, resolve, reject))
  })
}

const noHeaders = answerHeaders({})

class WholeAnswerHandler implements Dispatcher.DispatchHandler {
  readonly #call: WholeAnswerOptions
  readonly #resolve: (answer: WholeAnswer) => void
  readonly #reject: (error: unknown) => void
  readonly #body = new WholeBody()
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: AnswerHeaders = noHeaders
  #isFree = false

  constructor(
    call: WholeAnswerOptions,
    resolve: (answer: WholeAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#call = call
    this.#resolve = resolve
    this.#reject = reject
    call.aborting.listen(() => this.#abort())
  }

  /** Nobody waits for the connection to end; but until it does, it is not free. */
  #abort() {
    const reason = this.#call.aborting.reason()
    this.#reject(reason)
    this.#controller?.abort(errorOf(reason))
  }

  #end() {
    if (this.#isFree) return
    this.#isFree = true
    this.#call.aborting.listen(undefined)
    this.#call.free()
  }

  onRequestStart(controller: Dispatcher.DispatchController) {
    const { aborting, progress } = this.#call
    this.#controller = controller
    if (aborting.reason() === undefined) progress.step = 'sent'
    else controller.abort(errorOf(aborting.reason()))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ) {
    // What comes before the answer, such as 103, is followed by it.
    this.#status = status
    this.#headers = answerHeaders(headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer) {
    this.#body.add(chunk)
  }

  onResponseEnd() {
    this.#end()
    this.#resolve({ status: this.#status, headers: this.#headers, text: this.#body.text() })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error) {
    this.#end()
    this.#reject(error)
  }
}

/** What was read of a body. */
class WholeBody {
  readonly #chunks: Uint8Array[] = []
  #sizeBytes = 0

  /** @throws AnswerError beyond {@link maxAnswerSizeBytes} */
  add(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length
    if (this.#sizeBytes > maxAnswerSizeBytes) {
      throw new AnswerError(`the answer is larger than ${maxAnswerSizeBytes} bytes`)
    }
    this.#chunks.push(chunk)
  }

  text(): string {
    return utf8.decode(this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks))
  }
}

/** Takes a mark of the byte order away. */
const utf8 = new TextDecoder()

/**
 * Reads a body as text.
 *
 * @throws AnswerError beyond {@link maxAnswerSizeBytes}; else what the body breaks off with
 */
export async function readWhole(body: Readable): Promise<string> {
  const whole = new WholeBody()
  for await (const chunk of body) whole.add(chunk)
  return whole.text()
}

import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Clock, Timer } from '../core/time.ts'
import type { Outlet } from '../graphql/subscriber.ts'

/** How often a stream shows life, in milliseconds: oftener than proxies drop silent connections (60 s). */
export const keepAliveIntervalMs = 15_000

/** In how many turns that is done: thousands of writes at once would hold up everything else. */
const keepAliveTurns = 15

/** No proxy may keep events, or hold them back until there are more. */
const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

/** A comment, which clients pass over (HTML, 9.2.6). */
const keepAliveComment = ':\n\n'

/** Without the empty `data` an EventSource would not tell of it. */
const completeEvent = 'event: complete\ndata: \n\n'

/** JSON has no line breaks, so it is one line of data. */
const nextEvent = (result: string) => `event: next\ndata: ${result}\n\n`

/** The answer to one request, in the protocol of graphql-sse (PROTOCOL.md, Distinct connections mode). */
export interface EventStream extends Outlet {
  /** Sends the only result, and the end. */
  answer(result: string): void
  /** Ends the stream without a word, so that its client connects again. */
  breakOff(): void
}

/** The streams of a process. */
export interface EventStreams {
  /** Begins the answer to a request, and sends its headers at once: these, and those of a stream. */
  open(response: ServerResponse, headers: OutgoingHttpHeaders): EventStream
  /** Ends the timer. Streams that are open live on. */
  close(): void
}

/**
 * Makes the streams of a process, with one timer that shows life on all of them.
 *
 * @param maxFullMs how long a client may leave a stream full, in milliseconds, before it is cut off
 */
export function createEventStreams(clock: Clock, maxFullMs: number): EventStreams {
  const turns = Array.from({ length: keepAliveTurns }, () => new Set<OpenStream>())
  let turn = 0
  let opened = 0
  const keepAlive = (): Timer =>
    clock.after(keepAliveIntervalMs / keepAliveTurns, () => {
      turn = (turn + 1) % keepAliveTurns
      for (const stream of turns[turn] ?? []) stream.showLife()
      timer = keepAlive()
    })
  let timer = keepAlive()

  return {
    open(response, headers) {
      opened += 1
      const streams = turns[opened % keepAliveTurns]
      // All at once: headers that are set one by one are kept as long as the stream.
      response.writeHead(200, { ...headers, ...streamHeaders }).flushHeaders()
      const stream = openEventStream(response, clock, maxFullMs)
      streams?.add(stream)
      response.once('close', () => streams?.delete(stream))
      return stream
    },
    close: () => timer.cancel(),
  }
}

interface OpenStream extends EventStream {
  showLife(): void
}

/** A result may still be on its way to a client that has gone, or whose stream the gateway has ended. */
const isOpen = (response: ServerResponse) => !response.destroyed && !response.writableEnded

function openEventStream(response: ServerResponse, clock: Clock, maxFullMs: number): OpenStream {
  let stall: Timer | undefined
  const expectReading = () => {
    stall ??= clock.after(maxFullMs, () => response.destroy())
  }
  const forgive = () => {
    stall?.cancel()
    stall = undefined
  }
  response.on('drain', forgive).once('close', forgive)
  const write = (text: string) => {
    if (isOpen(response) && !response.write(text)) expectReading()
  }

  return {
    isFull: () => response.writableNeedDrain,
    next: (result) => write(nextEvent(result)),
    showLife() {
      // What is full shows none: its client has enough to read.
      if (!response.writableNeedDrain) write(keepAliveComment)
    },
    complete() {
      if (!isOpen(response)) return
      response.end(completeEvent)
      expectReading()
    },
    answer(result) {
      if (isOpen(response)) response.end(nextEvent(result) + completeEvent)
    },
    breakOff() {
      if (response.writableNeedDrain) response.destroy()
      else if (isOpen(response)) response.end()
    },
  }
}

import { randomUUID } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import { type ErrorCode, type ErrorExtensions, GatewayError, internalServerError } from '../core/errors.ts'

/** An error on its way to another replica. */
interface ErrorReport {
  readonly code: ErrorCode
  readonly message: string
  readonly extensions: ErrorExtensions
}

/** What a leader tells of its looks. Times are told as what is left of them, since clocks differ. */
export type News<State> =
  | {
      readonly kind: 'seen'
      readonly key: string
      readonly state: State
      /** How long ago the look began that saw it. */
      readonly ageMs: number
      readonly isAlone: boolean
      readonly nextInMs: number
      /** Whether it was not changed since it was asked for. */
      readonly isFresh: boolean
    }
  | { readonly kind: 'mentioned'; readonly key: string; readonly state: State; readonly ageMs: number }
  | { readonly kind: 'ended'; readonly key: string }
  | { readonly kind: 'failed'; readonly key: string; readonly error: ErrorReport }
  /** It is left for later; or could not be looked at, and then is not seen any more. */
  | { readonly kind: 'put off'; readonly key: string; readonly nextInMs: number; readonly isSeen: boolean }
  /** All that there is was told; or could not be. */
  | { readonly kind: 'round'; readonly nextInMs: number; readonly isSeen: boolean }
  | { readonly kind: 'failed for all'; readonly error: ErrorReport }
  | { readonly kind: 'closed'; readonly error: ErrorReport }

/** Of what is no error of the gateway's own, another replica learns no more than a client does. */
export function reportOf(error: unknown): ErrorReport {
  const { code, message, extensions } =
    error instanceof GatewayError ? error : internalServerError(randomUUID())
  return { code, message, extensions }
}

/** The error that was reported. */
export const errorOf = ({ code, message, extensions }: ErrorReport): GatewayError =>
  new GatewayError(code, message, extensions)

/** How much news is told at once. */
const maxNewsTogether = 500

/** Collects news within a turn, and tells it in as few pieces as may be. */
export interface Outbox<State> {
  put(news: News<State>): void
  /** Tells what waits now. */
  flush(): void
}

/** Makes an outbox. */
export function createOutbox<State>(tell: (news: () => Uint8Array) => void): Outbox<State> {
  let waiting: News<State>[] = []
  const flush = () => {
    const news = waiting
    waiting = []
    if (news.length > 0) tell(() => serialize(news))
  }
  return {
    put(news) {
      waiting.push(news)
      if (waiting.length >= maxNewsTogether) flush()
      else if (waiting.length === 1) queueMicrotask(flush)
    },
    flush,
  }
}

/** Reads what {@link createOutbox} wrote on a replica of the same version. It came sealed, so it is as it was written. */
export const newsIn = <State>(bytes: Uint8Array): readonly News<State>[] => deserialize(bytes)

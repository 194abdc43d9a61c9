import type { AnswerCode } from './answer-code.ts'
import type { OperationKind } from './operation-kind.ts'

/** What the graph tells of itself. Nobody has to listen: see {@link noGraphEvents}. */
export interface GraphEvents {
  /**
   * An operation was answered, or nobody waited for its answer any more; or, if it is a subscription, was begun or refused.
   *
   * @param durationMs undefined for a subscription, which has no end of its own
   */
  onAnswer(kind: OperationKind, code: AnswerCode, durationMs: number | undefined): void
  /** A query was not run for itself, since its caller had an equal one under way. It is answered, too. */
  onJoined(): void
  /** A query was not run, since all that it asks for is remembered as it was when the same was last answered. It is answered, too. */
  onToldAgain(): void
  /** An error was shown to a client, of which an answer may have several. */
  onError(code: AnswerCode): void
  /** So many more subscriptions are open, or fewer. */
  onSubscribers(change: number): void
  /**
   * A result was handed to the connections of so many subscribers. Called once for all of them.
   *
   * @param lagMs since the change was seen; undefined for present states, which nobody waited for
   */
  onDelivered(count: number, lagMs: number | undefined): void
}

/** Nobody listens. */
export const noGraphEvents: GraphEvents = {
  onAnswer() {},
  onJoined() {},
  onToldAgain() {},
  onError() {},
  onSubscribers() {},
  onDelivered() {},
}

import { LRUCache } from 'lru-cache'
import type { Basis } from '../core/operation.ts'
import type { Clock } from '../core/time.ts'
import type { WriteCount } from '../upstream/write-count.ts'
import { maxObservationAgeMs } from '../watch/observations.ts'
import type { ExecutedOperation } from './execution.ts'

/** How much is remembered, in characters of answers and of what was asked, over all callers; a part counts {@link partCharacters}. */
const maxCharacters = 8_000_000

/** What a part holds, which may be a whole job, counts as so many characters. */
const partCharacters = 1500

/** The longest answer that is remembered, in characters. Who asks for more than some jobs asks less often. */
const maxAnswerCharacters = 20_000

/** The most parts of an answer that is remembered: each is looked at when it is told again. */
const maxAnswerParts = 50

/** Answers that were made of nothing but what is remembered. */
export interface RememberedAnswers {
  /**
   * The answer to the same query, if it would be the same again.
   *
   * @param key must contain the key of the caller: an answer is never told to another one
   */
  tellAgain(key: string): ExecutedOperation | undefined
  /** Makes the basis of an answer, and remembers the answer that comes of it where that is worth it. */
  learn(key: string, answer: (basis: Basis) => Promise<ExecutedOperation>): Promise<ExecutedOperation>
}

interface RememberedAnswer {
  readonly executed: ExecutedOperation
  readonly parts: readonly (() => boolean)[]
}

/** What {@link createRememberedAnswers} needs. */
export interface RememberedAnswersFloor {
  readonly writes: Pick<WriteCount, 'current'>
  readonly clock: Clock
}

/**
 * Makes the memory of answers. It is for the basis of an answer to say whether it still holds, which it does exactly as long as
 * running the query would bring the same without a call. None is older than what it was made of can be
 * ({@link maxObservationAgeMs}), and when something was written all are forgotten.
 */
export function createRememberedAnswers({ writes, clock }: RememberedAnswersFloor): RememberedAnswers {
  const answers = new LRUCache<string, RememberedAnswer>({
    maxSize: maxCharacters,
    sizeCalculation: ({ executed: { json }, parts }, key) =>
      json.length + key.length + parts.length * partCharacters,
    ttl: maxObservationAgeMs,
    ttlResolution: 0,
    perf: clock,
  })
  let lastWrite = writes.current()
  const forgetIfWritten = () => {
    if (writes.current() === lastWrite) return
    lastWrite = writes.current()
    answers.clear()
  }
  return {
    tellAgain(key) {
      forgetIfWritten()
      const known = answers.get(key)
      if (known === undefined) return undefined
      if (known.parts.every((holds) => holds())) return known.executed
      answers.delete(key)
      return undefined
    },
    learn(key, answer) {
      const basis = new LearntBasis()
      const writesBefore = writes.current()
      return answer(basis).then((executed) => {
        const { parts } = basis
        forgetIfWritten()
        const isLasting = parts !== undefined && parts.length > 0 && parts.length <= maxAnswerParts
        if (isLasting && writesBefore === lastWrite && isWorthIt(executed)) {
          answers.set(key, { executed, parts })
        }
        return executed
      })
    },
  }
}

const isWorthIt = ({ hasData, errors, json }: ExecutedOperation): boolean =>
  hasData && errors === undefined && json.length <= maxAnswerCharacters

/** What an answer is made of. A class, since most answers have a part that passes, and then it keeps nothing. */
class LearntBasis implements Basis {
  /** Undefined from when a part has to be asked for again. */
  parts: (() => boolean)[] | undefined = []

  restsOn(holds: () => boolean) {
    this.parts?.push(holds)
  }

  isPassing() {
    this.parts = undefined
  }
}

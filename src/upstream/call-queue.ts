import type { Aborting } from './aborting.ts'

/** How many of the waiting calls that get a turn come before one of a watch, where both wait. */
const turnsBeforePoll = 3

/** So many calls are waiting that another one would only wait too ({@link CallQueueBounds.maxWaiting}). It was not sent. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
}

/** How many calls go at the same time, and how many wait. */
export interface CallQueueBounds {
  readonly maxUnderWay: number
  /** Of those under way: the most of one caller. */
  readonly maxPerCaller: number
  /** Of those under way: the most of watches, so that somebody who waits for an answer finds a free place. */
  readonly maxPolls: number
  readonly maxWaiting: number
}

/** Whose call it is, and what for. */
export interface Place {
  readonly callerKey: string
  /** Whether a watch makes it, for which nobody waits. */
  readonly isPoll: boolean
}

/** How much a {@link CallQueue} holds at present. */
export interface CallQueueFigures {
  readonly underWay: number
  readonly waiting: number
}

/** Lets calls to an upstream go in turn. */
export interface CallQueue {
  /**
   * Takes a turn, which {@link leave} gives back.
   *
   * @param aborting ends the wait
   * @returns undefined where the turn has come at once; else resolves when it comes
   * @throws BusyError, at once or while it waits, where too many wait; or the reason of the abort
   */
  enter(place: Place, aborting: Aborting): Promise<void> | undefined
  leave(place: Place): void
  figures(): CallQueueFigures
}

interface Waiter {
  readonly place: Place
  readonly turn: PromiseWithResolvers<void>
}

/** The callers that wait, the next one first, each with its calls in their order. */
type Line = Map<string, Set<Waiter>>

/**
 * Makes a queue that is fair between callers: they take turns, however many calls each has waiting, and calls of watches come
 * after those that somebody waits for, though one in a few turns is theirs. Where too many wait, the newest call of whoever has
 * most waiting is refused, those of watches first: who has a single call is not turned away for those who have thousands.
 */
export function createCallQueue({
  maxUnderWay,
  maxPerCaller,
  maxPolls,
  maxWaiting,
}: CallQueueBounds): CallQueue {
  const underWayOf = new Map<string, number>()
  const [asked, polls]: [Line, Line] = [new Map(), new Map()]
  let underWay = 0
  let pollsUnderWay = 0
  let waiting = 0
  let turnsSincePoll = 0

  const isFree = ({ callerKey, isPoll }: Place) =>
    underWay < maxUnderWay &&
    (underWayOf.get(callerKey) ?? 0) < maxPerCaller &&
    (!isPoll || pollsUnderWay < maxPolls)

  const admit = ({ callerKey, isPoll }: Place) => {
    underWay += 1
    underWayOf.set(callerKey, (underWayOf.get(callerKey) ?? 0) + 1)
    if (isPoll) pollsUnderWay += 1
  }
  const remove = (waiter: Waiter): boolean => {
    const { callerKey, isPoll } = waiter.place
    const line = isPoll ? polls : asked
    const waiters = line.get(callerKey)
    if (waiters?.delete(waiter) !== true) return false
    waiting -= 1
    if (waiters.size === 0) line.delete(callerKey)
    return true
  }
  /** The first call of the first caller that has a place left, who then goes to the end of the line. Few have none left. */
  const takeFrom = (line: Line): Waiter | undefined => {
    for (const [callerKey, waiters] of line) {
      const [first] = waiters
      if (first === undefined || !isFree(first.place)) continue
      remove(first)
      if (waiters.size > 0) {
        line.delete(callerKey)
        line.set(callerKey, waiters)
      }
      return first
    }
    return undefined
  }
  const takeNext = (): Waiter | undefined => {
    if (underWay >= maxUnderWay || waiting === 0) return undefined
    const pollFirst = turnsSincePoll >= turnsBeforePoll && pollsUnderWay < maxPolls
    const next = (pollFirst ? takeFrom(polls) : undefined) ?? takeFrom(asked)
    return next ?? (pollsUnderWay < maxPolls ? takeFrom(polls) : undefined)
  }
  const admitWaiting = () => {
    for (let next = takeNext(); next !== undefined; next = takeNext()) {
      turnsSincePoll = next.place.isPoll ? 0 : turnsSincePoll + 1
      admit(next.place)
      next.turn.resolve()
    }
  }

  const busy = () => new BusyError(`${maxWaiting} calls are waiting already`)
  /** Makes room for one more call, at the cost of whoever has most waiting. */
  const makeRoom = ({ callerKey, isPoll }: Place) => {
    if (waiting < maxWaiting) return
    const line = isPoll || polls.size > 0 ? polls : asked
    const own = line === polls && !isPoll ? 0 : (line.get(callerKey)?.size ?? 0)
    const longest = longestOf(line)
    const newest = longest.length > own ? longest.at(-1) : undefined
    if (newest === undefined) throw busy()
    remove(newest)
    newest.turn.reject(busy())
  }
  const waitIn = async (place: Place, aborting: Aborting): Promise<void> => {
    const waiter: Waiter = { place, turn: Promise.withResolvers() }
    const line = place.isPoll ? polls : asked
    const waiters = line.get(place.callerKey)
    if (waiters === undefined) line.set(place.callerKey, new Set([waiter]))
    else waiters.add(waiter)
    waiting += 1
    const leaveLine = () => {
      if (remove(waiter)) waiter.turn.reject(aborting.reason())
    }
    aborting.emitter.once('abort', leaveLine)
    await waiter.turn.promise.finally(() => aborting.emitter.off('abort', leaveLine))
  }

  return {
    enter(place, aborting) {
      if (isFree(place)) {
        admit(place)
        return undefined
      }
      makeRoom(place)
      return waitIn(place, aborting)
    },
    leave({ callerKey, isPoll }) {
      underWay -= 1
      if (isPoll) pollsUnderWay -= 1
      const left = (underWayOf.get(callerKey) ?? 1) - 1
      if (left > 0) underWayOf.set(callerKey, left)
      else underWayOf.delete(callerKey)
      admitWaiting()
    },
    figures: () => ({ underWay, waiting }),
  }
}

/** The calls of whoever has most waiting. */
function longestOf(line: Line): readonly Waiter[] {
  let longest: Set<Waiter> = new Set()
  for (const waiters of line.values()) if (waiters.size > longest.size) longest = waiters
  return [...longest]
}

import { Slab } from '../core/slab.ts'
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

/** The callers that wait, the next one first, each with the seats of its calls in their order. */
type Line = Map<string, Set<number>>

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
  const waiters = new Slab<Waiter>()
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
  const remove = (seat: number): Waiter | undefined => {
    const waiter = waiters.at(seat)
    if (waiter === undefined) return undefined
    waiters.take(seat)
    waiting -= 1
    const { callerKey, isPoll } = waiter.place
    const line = isPoll ? polls : asked
    const seats = line.get(callerKey)
    seats?.delete(seat)
    if (seats?.size === 0) line.delete(callerKey)
    return waiter
  }
  /** The first call of the first caller that has a place left, who then goes to the end of the line. Few have none left. */
  const takeFrom = (line: Line): Waiter | undefined => {
    for (const [callerKey, seats] of line) {
      const [seat] = seats
      const first = seat === undefined ? undefined : waiters.at(seat)
      if (seat === undefined || first === undefined || !isFree(first.place)) continue
      remove(seat)
      if (seats.size > 0) {
        line.delete(callerKey)
        line.set(callerKey, seats)
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
    remove(newest)?.turn.reject(busy())
  }
  const waitIn = (place: Place, aborting: Aborting): Promise<void> => {
    const waiter: Waiter = { place, turn: Promise.withResolvers() }
    const seat = waiters.put(waiter)
    const line = place.isPoll ? polls : asked
    const seats = line.get(place.callerKey)
    if (seats === undefined) line.set(place.callerKey, new Set([seat]))
    else seats.add(seat)
    waiting += 1
    const leaveLine = () => {
      // Its turn may have come, and another one wait in its seat.
      if (waiters.at(seat) === waiter) remove(seat)?.turn.reject(aborting.reason())
    }
    aborting.listen(leaveLine)
    return waiter.turn.promise
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
function longestOf(line: Line): readonly number[] {
  let longest: Set<number> = new Set()
  for (const seats of line.values()) if (seats.size > longest.size) longest = seats
  return [...longest]
}

import { LRUCache } from 'lru-cache'
import { type CallsSaved, nobodyCounts } from '../upstream/observed-call.ts'
import type { Due, Look, WatchPolicy } from '../watch/policy.ts'
import { isShortFor, type ListLookFloor, type ListsRead, readLists, tellJob } from './list-look.ts'
import { isJobChange, type Job } from './model.ts'
import { readStatuses, type StatusLookFloor } from './status-look.ts'
import { isOutOfReach } from './status-wait.ts'

/** From how many jobs that nothing is known of a page of the list is read before their status is asked. */
const minFirstsForList = 3

/** How long it is relied on how many pages the list has, in milliseconds, where the list is not read anyway. */
const listKnowledgeMs = 5 * 60 * 1000

/** Of how many callers it is remembered how long their lists are. */
const maxKnownLists = 10_000

/** How many jobs are remembered that no list had. Of one that is forgotten the lists are read once more. */
const maxUnlisted = 10_000

/** What the policy needs. */
export interface JobWatchFloor extends ListLookFloor, StatusLookFloor {
  /** Told of the calls that the lists have saved. Nobody is, by default. */
  readonly saved?: CallsSaved
}

/**
 * How jobs are watched: by the list of active jobs, which tells of 200 with one call, where that costs less than the
 * status of each; and by their status where they are not on it. Over time there are no more calls in an interval than
 * jobs followed, beyond the first look at each (`docs/subscriptions.md`, What it costs). Who wants detail is told of a
 * job's progress, which the list does not know: its status is asked whenever it may be. Where rounds come more often than that,
 * the list tells in between what it knows, also of a single job.
 */
export function jobWatchPolicy(floor: JobWatchFloor): WatchPolicy<Job> {
  const { memory, clock, pollIntervalMs, saved = nobodyCounts } = floor
  const pagesByCaller = new LRUCache<string, number>({
    max: maxKnownLists,
    ttl: Math.max(listKnowledgeMs, 10 * pollIntervalMs),
    ttlResolution: 0,
    perf: clock,
  })
  /** Jobs that the lists had no more when these were last read in the place of their status, by caller and id. */
  const unlisted = new LRUCache<string, true>({ max: maxUnlisted })
  const placeOf = ({ access }: Look<Job>, key: string) => `${access.callerKey}:${key}`
  const isOnList = (look: Look<Job>) => (key: string) =>
    look.state(key)?.isListed === true && !unlisted.has(placeOf(look, key))

  /** The lists that are being read, by caller. */
  const reading = new Map<string, Promise<ListsRead>>()

  /**
   * How many jobs the list may tell of in the place of a status call for each. 0 where it is not to be read. What goes
   * at its own pace is counted only to find out, once in a while, how long the list is.
   */
  const candidates = (look: Look<Job>, followed: readonly string[]): number => {
    const { access, due, isForAll } = look
    if (isForAll) return Math.max(1, followed.length)
    const pages = pagesByCaller.get(access.callerKey)
    const listable = due.filter(({ isAlone, wantsDetail }) => !isAlone && !wantsDetail)
    const together = listable.length
    const isProbe = together === 0 && pages === undefined && due.some(({ wantsDetail }) => !wantsDetail)
    const count = isProbe ? followed.filter((key) => !look.wantsDetail(key)).length : together
    const isTooFew = due.every(({ isAwaited }) => isAwaited) && count < minFirstsForList
    const mayCostAsMuch = () => listable.some(({ key }) => isOutOfReach(floor, access, key))
    return isTooFew || !isShortFor(pages ?? 1, count, mayCostAsMuch) ? 0 : count
  }

  /** Where the status may not be asked before the next round, what the list tells has to do. */
  const contentWithList =
    ({ access }: Look<Job>) =>
    (due: Due): Due =>
      due.wantsDetail && !cannotWait(due) && isOutOfReach(floor, access, due.key)
        ? { ...due, wantsDetail: false }
        : due

  /** Reads the lists, and remembers how long the list of active jobs is. */
  const readAndLearn = async (look: Look<Job>, count: number): Promise<ListsRead> => {
    const { callerKey } = look.access
    const read = readLists(floor, look, count)
    reading.set(callerKey, read)
    try {
      const lists = await read
      pagesByCaller.set(callerKey, lists.pages)
      return lists
    } finally {
      if (reading.get(callerKey) === read) reading.delete(callerKey)
    }
  }

  /** What is still to be looked at when the list that is being read has told what it has. */
  const notBeingRead = async (look: Look<Job>): Promise<readonly Due[]> => {
    const { access, due, isForAll } = look
    const beingRead = reading.get(access.callerKey)
    if (beingRead === undefined || isForAll || due.every(({ isAwaited }) => isAwaited)) return due
    const seen = await beingRead.then(
      (read) => read.seen,
      () => new Set<string>(),
    )
    return due.filter(({ key }) => {
      const job = seen.has(key) ? memory.lastSeen(look.access, key) : undefined
      // The list was asked for before this look began: nobody was told of it.
      if (job !== undefined) tellJob(floor, look, job)
      return job === undefined
    })
  }

  /**
   * Tells what this caller's queries have seen within the window: it is the first state of those who follow it now.
   *
   * @returns what is still to be looked at
   */
  const tellJustSeen = (look: Look<Job>, due: readonly Due[]): readonly Due[] =>
    due.filter(({ key, isAwaited }) => {
      const seen = isAwaited ? memory.seenLately(look.access, key) : null
      if (seen !== null) tellJob(floor, look, seen)
      return seen === null
    })

  const readByList = async (look: Look<Job>, count: number, followed: readonly string[]) => {
    const { due, isForAll } = look
    const { seen, calls } = await readAndLearn(look, count)
    saved('batching', Math.max(0, due.filter(({ key }) => seen.has(key)).length - calls))
    const missing = due.filter(({ key }) => !seen.has(key) && look.isFollowed(key))
    if (unlisted.size > 0) for (const key of seen) unlisted.delete(placeOf(look, key))
    for (const { key } of missing)
      if (isOutOfReach(floor, look.access, key)) unlisted.set(placeOf(look, key), true)
    // Where the list was read only to find out how long it is, that stood for a look at what was due.
    const isProbe = !isForAll && due.every(({ isAlone }) => isAlone)
    const now = isProbe ? [] : missing.filter(cannotWait)
    const later = isProbe ? missing : missing.filter((one) => !cannotWait(one))
    const dueKeys = new Set(due.map(({ key }) => key))
    const elsewhere = followed.filter((key) => !seen.has(key) && !dueKeys.has(key))
    const rest = followed.length - calls - now.length - elsewhere.length
    const budget = isForAll ? Number.POSITIVE_INFINITY : rest
    await readStatuses(floor, look, { now, later, budget, isOnList: isOnList(look) })
  }

  return {
    hear: (access, job, askedAtMs) => memory.observe(access, job, askedAtMs),
    isChange: isJobChange,
    isOver: ({ isFinished }) => isFinished,
    // The status route does not know the title, which a list is about to tell.
    isWhole: ({ isListed }) => isListed,
    async look(whole) {
      const look = {
        ...whole,
        due: tellJustSeen(whole, await notBeingRead(whole)).map(contentWithList(whole)),
      }
      const { due, isForAll } = look
      if (due.length === 0 && !isForAll) return
      const followed = [...look.followed()]
      const count = candidates(look, followed)
      if (count > 0) return readByList(look, count, followed)
      const later = due.filter((one) => !cannotWait(one))
      const now = due.filter(cannotWait)
      await readStatuses(floor, look, { now, later, budget: followed.length, isOnList: isOnList(look) })
    },
  }
}

/** What somebody waits for, and what has waited for its turn already. */
const cannotWait = ({ isAlone, isAwaited }: Due) => isAlone || isAwaited

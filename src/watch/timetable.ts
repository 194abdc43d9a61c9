import type { Clock, Timer } from '../core/time.ts'

/** When one thing is looked at. */
export interface Schedule {
  dueAtMs: number
  /** Failed looks in a row. */
  failures: number
  /** Whether it goes at its own pace. */
  isAlone: boolean
  isLooking: boolean
  /** Which look was the last that began with it. What an older one still tells is out of date. */
  lastLook: number
  /** Whether it was seen, and not changed through this gateway since. */
  isSeen: boolean
  /** Whether it was changed while a look was under way, which may tell how it was before. */
  isOutdated: boolean
  /** When what is known of it was asked for, by whichever replica; 0: nothing is. */
  askedAtMs: number
  /** When it was last changed through this gateway; 0: never. */
  changedAtMs: number
}

/** What is due at a moment. */
export interface DueNow {
  /** What has waited longest comes first. */
  readonly keys: readonly string[]
  /** Whether everything there is is due. */
  readonly isForAll: boolean
}

/** When everything that one caller follows is looked at, with one timer. */
export interface Timetable {
  /** Puts a thing down for the end of this turn. */
  add(key: string): void
  remove(key: string): void
  /** Puts down everything there is, for the end of this turn. */
  addAll(): void
  removeAll(): void
  of(key: string): Schedule | undefined
  /** The schedule of everything there is, while somebody follows all. */
  ofAll(): Schedule | undefined
  keys(): Iterable<string>
  /** Marks that a look begins with it. */
  begin(schedule: Schedule, look: number): void
  /** Puts a thing down after a look; at once where it was changed meanwhile. */
  settle(schedule: Schedule, dueAtMs: number): void
  /** Puts a thing, or everything there is, down for the end of this turn, since it was changed. */
  hurry(schedule: Schedule): void
  /** Marks that it was changed: what was seen of it is out of date. When it is looked at stays as it is. */
  outdate(schedule: Schedule): void
  /** Puts a thing whose last looks failed down for an earlier moment. */
  bringForward(schedule: Schedule | undefined, dueAtMs: number): void
  /** Moves everything by so many milliseconds, but not into the past. */
  shift(byMs: number): void
  /** Sets the timer anew. */
  update(): void
  stop(): void
}

/**
 * Makes a timetable, which calls back when something is due.
 *
 * @param firstDelayMs how long what is put down waits for its first look, in milliseconds
 * @param togetherMs what is due so soon after a round is part of it, unless it goes at its own pace or has failed
 */
export function createTimetable(
  clock: Clock,
  firstDelayMs: () => number,
  onDue: (due: DueNow) => void,
  togetherMs = 0,
): Timetable {
  const schedules = new Map<string, Schedule>()
  let all: Schedule | undefined
  let timer: Timer | undefined
  let timerAtMs = Number.POSITIVE_INFINITY
  let isWoken = false
  let isStopped = false

  const newSchedule = (): Schedule => ({
    dueAtMs: clock.now() + firstDelayMs(),
    failures: 0,
    isAlone: false,
    isLooking: false,
    lastLook: 0,
    isSeen: false,
    isOutdated: false,
    askedAtMs: 0,
    changedAtMs: 0,
  })
  const isDueAt = (nowMs: number, { isLooking, dueAtMs }: Schedule) => !isLooking && dueAtMs <= nowMs

  const isOfRound = ({ isAlone, failures }: Schedule) => !isAlone && failures === 0

  /** That of everything there is included. */
  function* everySchedule(): Iterable<Schedule> {
    yield* schedules.values()
    if (all !== undefined) yield all
  }

  const setTimer = (atMs: number) => {
    timer?.cancel()
    timerAtMs = atMs
    if (isStopped || !Number.isFinite(atMs)) return
    timer = clock.after(Math.max(0, atMs - clock.now()), tellDue)
  }
  const update = () => {
    let nextMs = Number.POSITIVE_INFINITY
    for (const { isLooking, dueAtMs } of everySchedule()) {
      if (!isLooking) nextMs = Math.min(nextMs, dueAtMs)
    }
    setTimer(nextMs)
  }
  const tellDue = () => {
    if (isStopped) return
    // One moment for all: where the next millisecond began in between, a part of a round would be looked at by itself.
    const nowMs = clock.now()
    const isRound = [...everySchedule()].some((schedule) => isOfRound(schedule) && isDueAt(nowMs, schedule))
    const isDue = (schedule: Schedule) =>
      isDueAt(isRound && isOfRound(schedule) ? nowMs + togetherMs : nowMs, schedule)
    const due = [...schedules].filter(([, schedule]) => isDue(schedule))
    const isForAll = all !== undefined && isDue(all)
    if (due.length > 0 || isForAll) {
      const keys = due.sort(([, one], [, other]) => one.dueAtMs - other.dueAtMs).map(([key]) => key)
      onDue({ keys, isForAll })
    }
    update()
  }
  /** At the end of the turn, so that all that is followed in it is looked at together. */
  const wake = () => {
    if (isWoken) return
    isWoken = true
    queueMicrotask(() => {
      isWoken = false
      tellDue()
    })
  }

  const outdate = (schedule: Schedule) => {
    schedule.isSeen = false
    schedule.changedAtMs = clock.now()
  }

  return {
    add(key) {
      schedules.set(key, newSchedule())
      wake()
    },
    remove: (key) => void schedules.delete(key),
    addAll() {
      all = newSchedule()
      wake()
    },
    removeAll() {
      all = undefined
    },
    of: (key) => schedules.get(key),
    ofAll: () => all,
    keys: () => schedules.keys(),
    begin(schedule, look) {
      schedule.lastLook = look
      // Where the machine's clock was put back, what was known would else count as newer than all that comes.
      schedule.askedAtMs = Math.min(schedule.askedAtMs, clock.now())
      schedule.isLooking = true
      schedule.isOutdated = false
    },
    settle(schedule, dueAtMs) {
      schedule.dueAtMs = schedule.isOutdated ? clock.now() : dueAtMs
      schedule.isLooking = false
      // The look that tells this may go on for long with other things.
      if (schedule.dueAtMs < timerAtMs) setTimer(schedule.dueAtMs)
    },
    outdate,
    hurry(schedule) {
      outdate(schedule)
      schedule.isOutdated = true
      schedule.dueAtMs = clock.now() + firstDelayMs()
      wake()
    },
    bringForward(schedule, dueAtMs) {
      if (schedule !== undefined && schedule.failures > 0) {
        schedule.dueAtMs = Math.min(schedule.dueAtMs, dueAtMs)
      }
    },
    shift(byMs) {
      const nowMs = clock.now()
      for (const schedule of everySchedule()) {
        schedule.dueAtMs = Math.max(nowMs, schedule.dueAtMs + byMs)
      }
      update()
    },
    update,
    stop() {
      isStopped = true
      timer?.cancel()
    },
  }
}

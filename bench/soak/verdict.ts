import type { Counts } from '../support/census.ts'
import type { QuietPoint } from './quiet.ts'

/** By how much of itself memory may grow in ten minutes, over the second half of a run. */
const maxGrowth = { heap: 0.02, resident: 0.03 }

/** The memory of a run that is shorter, in minutes, is not judged: too little comes of age in it. */
const minMinutesForMemory = 20

/** Objects that a leak mostly holds on to may be this many times as many as in the middle of the run. */
const maxObjectsShare = 1.1

/** Growth over the second half, as a share of the middle, in ten minutes; NaN of fewer than three points. */
export interface Growth {
  /** Of what objects take, on the heap and beside it. */
  readonly heap: number
  /** Of the resident memory. */
  readonly resident: number
}

/** How fast memory grows over the second half of the quiet points, by the line that fits them best. */
export function growthOf(points: readonly QuietPoint[]): Growth {
  const half = points.filter(({ atMinutes }) => atMinutes >= (points.at(-1)?.atMinutes ?? 0) / 2)
  return {
    heap: growth(half, ({ census }) => census.heapUsedBytes + census.externalBytes),
    resident: growth(half, ({ residentBytes }) => residentBytes),
  }
}

function growth(points: readonly QuietPoint[], amountOf: (point: QuietPoint) => number): number {
  if (points.length < 3) return Number.NaN
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanMinutes, meanValue] = [mean(points.map((point) => point.atMinutes)), mean(points.map(amountOf))]
  const covariance = mean(
    points.map((point) => (point.atMinutes - meanMinutes) * (amountOf(point) - meanValue)),
  )
  const variance = mean(points.map((point) => (point.atMinutes - meanMinutes) ** 2))
  return ((covariance / variance) * 10) / meanValue
}

/**
 * What is wrong, a sentence each. Empty where nothing is.
 *
 * @param points the quiet points; the first one, which comes after a warm-up, is what the last is compared with
 */
export function faultsOf(points: readonly QuietPoint[]): readonly string[] {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || first === last) return ['There are not two quiet points.']
  return [...memoryFaults(points), ...gaugeFaults(points), ...leftOver(first, last), ...growingFaults(points)]
}

function memoryFaults(points: readonly QuietPoint[]): readonly string[] {
  if ((points.at(-1)?.atMinutes ?? 0) < minMinutesForMemory) return []
  const { heap, resident } = growthOf(points)
  // Written so that what is not a number is a fault too.
  return [
    ...(heap <= maxGrowth.heap ? [] : [`What objects take grows by ${percent(heap)} in ten minutes.`]),
    ...(resident <= maxGrowth.resident
      ? []
      : [`Resident memory grows by ${percent(resident)} in ten minutes.`]),
  ]
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

function gaugeFaults(points: readonly QuietPoint[]): readonly string[] {
  return points.flatMap(({ atMinutes, gauges }) =>
    Object.entries(gauges)
      .filter(([, value]) => value !== 0)
      .map(
        ([name, value]) =>
          `After ${atMinutes.toFixed(1)} min of load, ${name} is ${value} while nobody asks anything.`,
      ),
  )
}

function leftOver(first: QuietPoint, last: QuietPoint): readonly string[] {
  return [
    ...more('timers', first.census.timers, last.census.timers),
    ...more('resources', first.census.resources, last.census.resources),
    ...more('sockets', { open: first.sockets }, { open: last.sockets }),
  ]
}

/** What caches hold has listeners too, and objects. So these are looked at over the second half, when caches are full. */
function growingFaults(points: readonly QuietPoint[]): readonly string[] {
  const [last, middle] = [points.at(-1), points[Math.floor(points.length / 2)]]
  if (last === undefined || middle === undefined || last.atMinutes < minMinutesForMemory) return []
  const listeners = ({ census }: QuietPoint) => ({
    signals: census.targetListeners,
    emitters: census.emitterEvents,
  })
  return [
    ...more('listeners', listeners(middle), listeners(last), maxObjectsShare),
    ...more('objects', middle.census.objects, last.census.objects, maxObjectsShare),
  ]
}

/** @param share how many times as many there may be */
function more(what: string, then: Counts, now: Counts, share = 1): readonly string[] {
  return Object.entries(now)
    .filter(([name, count]) => count > (then[name] ?? 0) * share)
    .map(([name, count]) => `${what} (${name}): ${count} are left over, and there were ${then[name] ?? 0}.`)
}

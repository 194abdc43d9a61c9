import { EventEmitter } from 'node:events'
import { Socket } from 'node:net'
import { queryObjects } from 'node:v8'

/** How many of each kind. */
export type Counts = Readonly<Record<string, number>>

/** What a process holds, after its garbage was collected. */
export interface Census {
  readonly heapUsedBytes: number
  /** What lies beside the heap and belongs to objects: buffers, mostly. */
  readonly externalBytes: number
  /** What keeps the process alive, by Node's name of it (`process.getActiveResourcesInfo`). */
  readonly resources: Counts
  /** Timers that will fire, also those that keep nothing alive, by the name of the function that they call and their delay. */
  readonly timers: Counts
  /** Listeners of `AbortSignal`s and other event targets. */
  readonly targetListeners: number
  /** Events of all `EventEmitter`s that somebody listens to. */
  readonly emitterEvents: number
  /** How many objects of classes that a leak mostly holds on to. */
  readonly objects: Counts
}

const Timeout = classOfTimers()
const TargetListener = classOfTargetListeners()

/** Counts. Each class takes a full collection of the garbage, so this stands still for a while. */
export function takeCensus(): Census {
  const objects = Object.fromEntries(
    [AbortSignal, EventEmitter, Promise, ReadableStream, Socket, Map, Set].map((kind) => [
      kind.name,
      queryObjects(kind, { format: 'count' }),
    ]),
  )
  const timers = queryObjects(Timeout, { format: 'summary' }).filter((text) => /_destroyed: false/.test(text))
  const emitters = queryObjects(EventEmitter, { format: 'summary' })
  const targetListeners = queryObjects(TargetListener, { format: 'count' })
  const { heapUsed, external } = process.memoryUsage()
  return {
    heapUsedBytes: heapUsed,
    externalBytes: external,
    resources: counted(process.getActiveResourcesInfo()),
    timers: counted(timers.map(nameOfTimer)),
    targetListeners,
    emitterEvents: emitters.reduce(
      (sum, text) => sum + Number(/_eventsCount: (\d+)/.exec(text)?.[1] ?? 0),
      0,
    ),
    objects,
  }
}

/** Such as `sweep`. A function without a name is told by its delay; those with one may wait for a different time each. */
function nameOfTimer(text: string): string {
  const [, name = ''] = /_onTimeout: \[Function: (?:bound )?([^\],]*)/.exec(text) ?? []
  return name.trim() || `after ${/_idleTimeout: (\d+)/.exec(text)?.[1]} ms`
}

function counted(names: readonly string[]): Counts {
  const counts: Record<string, number> = {}
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

function classOfTimers(): NewableFunction {
  const timer = setTimeout(() => {}, 0)
  clearTimeout(timer)
  return Reflect.get(timer, 'constructor')
}

/** Node does not export the class of which each listener of an event target is an object. It is found by one of them. */
function classOfTargetListeners(): NewableFunction {
  const { signal } = new AbortController()
  signal.addEventListener('abort', () => {})
  for (const key of Object.getOwnPropertySymbols(signal)) {
    const value: unknown = Reflect.get(signal, key)
    // A `Map` of Node's own, which is no instance of the one that programs know.
    if (typeof value !== 'object' || value === null || !('get' in value && value.get instanceof Function))
      continue
    const root: unknown = value.get('abort')
    if (typeof root === 'object' && root !== null && 'next' in root && root.next instanceof Object) {
      return Reflect.get(root.next, 'constructor')
    }
  }
  throw new Error('this version of Node keeps the listeners of event targets in another way')
}

import DataLoader from 'dataloader'
import { errorOf } from '../core/errors.ts'
import { inSpan } from '../core/tracing.ts'
import { type CallsSaved, nobodyCounts } from './observed-call.ts'

/**
 * The most upstream calls of one kind that one operation, or one look of a watch, has under way at the same time; and the
 * most that keep the sessions of browsers alive.
 */
export const maxConcurrentCalls = 10

/** Runs a call when its turn has come. */
export type CallLimit = <Value>(call: () => Promise<Value> | Value) => Promise<Value>

/**
 * Lets at most {@link maxConcurrentCalls} calls run at the same time; the others wait their turn. Each operation has one, so
 * that it costs next to nothing where nobody waits.
 */
export function createCallLimit(): CallLimit {
  /** In the order of their coming. */
  const waiting: (() => void)[] = []
  /** Those that wait included. */
  let underWay = 0
  const enter = () => {
    underWay += 1
    return underWay <= maxConcurrentCalls ? undefined : new Promise<void>((resolve) => waiting.push(resolve))
  }
  const leave = () => {
    underWay -= 1
    waiting.shift()?.()
  }
  return async (call) => {
    const turn = enter()
    try {
      if (turn !== undefined) await turn
      return await call()
    } finally {
      leave()
    }
  }
}

/**
 * Loads each key by a call of its own. A failure becomes the value of its key, as DataLoader wants it, so that it
 * costs nobody else anything.
 */
export function loadEach<Key, Value>(
  keys: readonly Key[],
  limit: CallLimit,
  load: (key: Key) => Promise<Value> | Value,
): Promise<(Value | Error)[]> {
  return Promise.all(keys.map((key) => limit(() => load(key)).catch(errorOf)))
}

/**
 * Makes a batch function part of the trace of its operation: one span for each batch.
 *
 * @param name of what is loaded, such as `jobs`
 */
export const batchSpan =
  <Key, Value>(name: string, load: (keys: readonly Key[]) => Promise<Value[]>) =>
  (keys: readonly Key[]): Promise<Value[]> =>
    inSpan(`load ${name}`, { 'vaultline.keys': keys.length }, () => load(keys))

/** How a resource is read that has a short, whole list and a route for one element. */
export interface ListedResource<Value> {
  /** Names it in traces. */
  readonly name: string
  list(): Promise<readonly Value[]>
  /** Null where there is none of this key. */
  one(key: string): Promise<Value | null>
  keyOf(value: Value): string
  /** What is known without a call, where the list is not read anyway. */
  known(key: string): Value | undefined
  /** Told of calls that were not needed. Nobody is, by default. */
  readonly saved?: CallsSaved
}

/** The loaders of a {@link ListedResource} in one operation. */
export interface ListedLoaders<Value> {
  /** The whole list, called for once. */
  all(): Promise<readonly Value[]>
  /** By key. Null where there is none. */
  readonly byKey: DataLoader<string, Value | null>
  /** Forgets what was read, since something was just changed. */
  forget(): void
}

/**
 * What is known costs nothing. One key costs a call for itself; several cost the list, and so does one when the list is
 * read anyway.
 */
export function createListedLoaders<Value>({
  name,
  saved = nobodyCounts,
  list,
  one,
  keyOf,
  known,
}: ListedResource<Value>): ListedLoaders<Value> {
  let listed: Promise<readonly Value[]> | undefined
  const all = () => {
    listed ??= list()
    return listed
  }
  const load = async (keys: readonly string[]): Promise<(Value | null)[]> => {
    const isListed = listed !== undefined
    const values = new Map<string, Value | null | undefined>(
      keys.map((key) => [key, isListed ? undefined : known(key)]),
    )
    const unknown = keys.filter((key) => values.get(key) === undefined)
    saved('observations', keys.length - unknown.length)
    const [first, ...others] = unknown
    if (first !== undefined && others.length === 0 && listed === undefined)
      values.set(first, await one(first))
    else if (first !== undefined) {
      for (const value of await all()) values.set(keyOf(value), value)
      saved('batching', isListed ? unknown.length : others.length)
    }
    return keys.map((key) => values.get(key) ?? null)
  }
  const byKey = new DataLoader(batchSpan(name, load))
  const forget = () => {
    listed = undefined
    byKey.clearAll()
  }
  return { all, byKey, forget }
}

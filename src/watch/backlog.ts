/** The most entries that wait for one reader. Past it, of each thing only the newest waits beside those. */
export const maxBacklog = 100

/** What waits for a reader who takes at its own pace. */
export interface Backlog<Entry extends { readonly key: string }> {
  put(entry: Entry): void
  /** Takes the oldest. Undefined where nothing waits. */
  take(): Entry | undefined
  clear(): void
  isEmpty(): boolean
}

/**
 * Makes a backlog. It holds up to {@link maxBacklog} entries, and one more for each thing of which a newer state came
 * after that: states in between are lost for a reader that slow, the newest never is (`docs/subscriptions.md`, Slow
 * readers).
 *
 * @param replace what waits instead, where a newer entry takes the place of an older one of the same thing
 */
export function createBacklog<Entry extends { readonly key: string }>(
  replace: (older: Entry, newer: Entry) => Entry,
): Backlog<Entry> {
  let count = 0
  const waiting = new Map<number, Entry>()
  const newestByKey = new Map<string, number>()

  const mergedWithOlder = (entry: Entry): Entry => {
    const place = newestByKey.get(entry.key)
    const older = place === undefined ? undefined : waiting.get(place)
    if (place === undefined || older === undefined) return entry
    waiting.delete(place)
    return replace(older, entry)
  }

  return {
    put(entry) {
      const waits = waiting.size < maxBacklog ? entry : mergedWithOlder(entry)
      count += 1
      waiting.set(count, waits)
      newestByKey.set(entry.key, count)
    },
    take() {
      const [place, entry] = waiting.entries().next().value ?? []
      if (place === undefined || entry === undefined) return undefined
      waiting.delete(place)
      if (newestByKey.get(entry.key) === place) newestByKey.delete(entry.key)
      return entry
    },
    clear() {
      waiting.clear()
      newestByKey.clear()
    },
    isEmpty: () => waiting.size === 0,
  }
}

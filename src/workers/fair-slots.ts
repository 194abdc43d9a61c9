/** Slots for work, of which there are fewer than callers who want one. */
export interface FairSlots {
  /**
   * Does work as soon as a slot is free for it.
   *
   * @param signal gives the place in the queue up; work that has begun has to listen to it by itself
   * @throws the signal's reason where it aborts before the work has begun; else what the work throws
   */
  run<Value>(callerKey: string, signal: AbortSignal, work: () => Promise<Value>): Promise<Value>
}

interface Waiting {
  readonly callerKey: string
  begin(): void
}

/**
 * Makes so many slots. A free one goes to whoever has waited longest among the callers who hold fewest: who asks for ten
 * things at once may have all slots while nobody else wants one, and does not come before others with the other eight.
 */
export function createFairSlots(count: number): FairSlots {
  const waiting = new Set<Waiting>()
  const held = new Map<string, number>()
  let free = count
  const heldBy = (callerKey: string) => held.get(callerKey) ?? 0

  const fill = () => {
    if (free === 0) return
    const [next] = [...waiting].toSorted((one, other) => heldBy(one.callerKey) - heldBy(other.callerKey))
    if (next === undefined) return
    waiting.delete(next)
    free -= 1
    held.set(next.callerKey, heldBy(next.callerKey) + 1)
    next.begin()
  }
  const turn = (callerKey: string, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.delete(waiter)
        reject(signal.reason)
      }
      const waiter: Waiting = {
        callerKey,
        begin() {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.add(waiter)
      fill()
    })
  const giveBack = (callerKey: string) => {
    free += 1
    const left = heldBy(callerKey) - 1
    if (left === 0) held.delete(callerKey)
    else held.set(callerKey, left)
    fill()
  }
  return {
    async run(callerKey, signal, work) {
      signal.throwIfAborted()
      await turn(callerKey, signal)
      try {
        return await work()
      } finally {
        giveBack(callerKey)
      }
    },
  }
}

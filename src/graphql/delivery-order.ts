/** The most events of one group that are being executed. Past it those that happen wait in its feed. */
const maxEventsUnderWay = 400

/**
 * Lets results be delivered as soon as they are there, those of one thing in the order of its events: a nested field
 * that takes long holds up nothing but its own thing.
 */
export interface DeliveryOrder {
  /**
   * @param key names the thing; an empty one is about all, and waits for all that was added before
   * @param result never rejects, but for faults of ours
   */
  add<Result>(key: string, result: Promise<Result>, deliver: (result: Result) => Promise<void>): void
  /**
   * Resolves when more events may be executed.
   *
   * @throws what a result or a delivery has failed with
   */
  room(): Promise<void>
  /** Resolves when all is delivered; throws likewise. */
  all(): Promise<void>
}

/**
 * Makes the order of one group.
 *
 * @param onFault called when a result or a delivery has failed, which is a fault of ours; `all` then throws it
 */
export function createDeliveryOrder(onFault: () => void): DeliveryOrder {
  const last = new Map<string, Promise<void>>()
  const underWay = new Set<Promise<void>>()

  return {
    add(key, result, deliver) {
      const before = key === '' ? Promise.all(underWay) : last.get(key)
      const delivery = Promise.all([result, before]).then(([ready]) => deliver(ready))
      last.set(key, delivery)
      underWay.add(delivery)
      const forget = () => {
        underWay.delete(delivery)
        if (last.get(key) === delivery) last.delete(key)
      }
      delivery.then(forget, onFault)
    },
    async room() {
      while (underWay.size >= maxEventsUnderWay) await Promise.race(underWay)
    },
    async all() {
      await Promise.all(underWay)
    },
  }
}

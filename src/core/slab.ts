/**
 * Holds what comes and goes with each request, in one array whose places are used again.
 *
 * A `Map` or a `Set` that lasts is no home for that: V8 gives it a new table every so many changes. Where the old one had come to
 * the old generation, it stays there as it was left until the next full collection, and all that stood in it is taken for live by
 * the small ones: tens of requests with all that they have, each time. So what lasts holds the numbers of places, and
 * this the things, each place of which is emptied in time. It takes as much memory as the most that were ever there at once.
 */
export class Slab<Value extends object> {
  readonly #values: (Value | undefined)[] = []
  readonly #empty: number[] = []

  /** @returns the place, which is the value's until {@link take} */
  put(value: Value): number {
    const place = this.#empty.pop() ?? this.#values.length
    this.#values[place] = value
    return place
  }

  /** Undefined where the place is empty. */
  at(place: number): Value | undefined {
    return this.#values[place]
  }

  /** Empties a place that is taken, once. The next value may be put there. */
  take(place: number): void {
    this.#values[place] = undefined
    this.#empty.push(place)
  }

  /** Those that are there, in no order. */
  values(): Value[] {
    return this.#values.filter((value) => value !== undefined)
  }
}

import { isDeepStrictEqual } from 'node:util'

/** The fields of a state, where it may be one of several types those of each. */
type FieldOf<State> = State extends unknown ? keyof State : never

/** Whether two states differ in any field but these. */
export function differsBeside<State extends object>(
  ...ignored: readonly (keyof State | FieldOf<State>)[]
): (previous: State, next: State) => boolean {
  const isCompared = ([name]: readonly [string, unknown]) => !ignored.some((one) => one === name)
  const facts = (state: State) => Object.fromEntries(Object.entries(state).filter(isCompared))
  return (previous, next) => !isDeepStrictEqual(facts(previous), facts(next))
}

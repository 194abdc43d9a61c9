import { hasCode } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import { createCallLimit } from '../upstream/batching.ts'
import { type CallsSaved, nobodyCounts } from '../upstream/observed-call.ts'
import { differsBeside } from './change.ts'
import type { Due, Look, WatchPolicy } from './policy.ts'

/** A resource that has a short, whole list and a route for one element. */
export interface ListedWatch<State> {
  list(access: Access, signal: AbortSignal): Promise<readonly State[]>
  /** @throws GatewayError NOT_FOUND where there is none of this key */
  one(access: Access, key: string, signal: AbortSignal): Promise<State>
  keyOf(state: State): string
  isOver(state: State): boolean
  /** What it means that something is there no more which was: that is how it ends, or a failure. */
  readonly whenGone: 'end' | 'failure'
}

/**
 * How such a resource is watched: one costs a call for itself, several cost the list.
 *
 * @param saved told of the calls that the list has saved
 */
export function listedWatchPolicy<State extends { readonly observedAt: string }>(
  resource: ListedWatch<State>,
  saved: CallsSaved = nobodyCounts,
): WatchPolicy<State> {
  const readOne = async (look: Look<State>, { key, isFirst }: Due) => {
    if (!look.isFollowed(key)) return
    try {
      look.see(key, await resource.one(look.access, key, look.signal))
    } catch (error) {
      if (look.signal.aborted) return
      const isEnd = resource.whenGone === 'end' && !isFirst && hasCode(error, 'NOT_FOUND')
      if (isEnd) look.end(key)
      else look.fail(key, error)
    }
  }
  return {
    isChange: differsBeside<State>('observedAt'),
    isOver: resource.isOver,
    async look(look) {
      const [first, ...others] = look.due
      if (first !== undefined && others.length === 0) return readOne(look, first)
      const listed = new Map(
        (await resource.list(look.access, look.signal)).map((state) => [resource.keyOf(state), state]),
      )
      saved('batching', Math.max(0, look.due.filter(({ key }) => listed.has(key)).length - 1))
      const limit = createCallLimit()
      // What the list does not have is asked for: a list may leave out what its caller may see by key.
      await Promise.all(
        look.due.map((due) => {
          const state = listed.get(due.key)
          return state === undefined ? limit(() => readOne(look, due)) : look.see(due.key, state)
        }),
      )
    },
  }
}

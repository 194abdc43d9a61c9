import { useEffect, useState } from 'react'
import type { AnyVariables, TypedDocumentNode } from 'urql'
import { client } from './client.ts'
import { type Problem, problemsOf } from './problem.ts'

/** What is followed: the newest message, what is wrong, and whether there is no more to come. */
export interface Followed<Data> {
  readonly data: Data | undefined
  readonly problems: readonly Problem[]
  readonly isOver: boolean
}

const nothingYet = { data: undefined, problems: [], isOver: false }

/**
 * Follows a subscription whose messages each tell the whole state, so that the newest one is all that a screen needs.
 *
 * @param variables the same object as long as the same is meant. Undefined: follow nothing.
 */
export function useFollow<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables | undefined,
): Followed<Data> {
  const [followed, setFollowed] = useState<Followed<Data>>(nothingYet)
  const key = JSON.stringify(variables)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the variables.
  useEffect(() => {
    setFollowed(nothingYet)
    if (variables === undefined) return
    const { unsubscribe } = client.subscription(document, variables).subscribe(({ data, error, hasNext }) =>
      setFollowed((before) => ({
        data: data ?? before.data,
        // The end comes as the last result once more.
        problems: hasNext ? problemsOf(error) : before.problems,
        isOver: !hasNext,
      })),
    )
    return unsubscribe
  }, [document, key])
  return followed
}

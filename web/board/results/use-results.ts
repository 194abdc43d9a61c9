import { useEffect, useState } from 'react'
import { useClient } from 'urql'
import { type Problem, problemsOf } from '../gateway/problem.ts'
import { type ProfilingResultOrder, type ResultRowFragment, ResultsDocument } from './operations.generated.ts'

/** As many results of a session as were asked for. */
export interface LoadedResults {
  readonly rows: readonly ResultRowFragment[]
  /** How many there are in all; undefined before the first page is there. */
  readonly totalCount: number | undefined
  readonly problems: readonly Problem[]
  readonly isLoading: boolean
  /** Where the next page begins; null behind the last one. */
  readonly next: string | null
}

const nothingYet: LoadedResults = {
  rows: [],
  totalCount: undefined,
  problems: [],
  isLoading: true,
  next: null,
}

/** Reads the results of a session page by page: the first at once, the others when `more` is called. */
export function useResults(
  name: string,
  orderBy: ProfilingResultOrder,
): LoadedResults & { readonly more: () => void } {
  const client = useClient()
  const [loaded, setLoaded] = useState(nothingYet)
  const [after, setAfter] = useState<string | null>(null)
  useEffect(() => {
    let isStale = false
    const variables = { name, orderBy, after }
    setLoaded((before) => ({ ...(after === null ? nothingYet : before), isLoading: true }))
    const answer = client.query(ResultsDocument, variables).toPromise()
    void answer.then(({ data, error }) => {
      const page = data?.profilingSession?.results
      if (isStale) return
      setLoaded(({ rows, totalCount }) => ({
        rows: [...rows, ...(page?.nodes ?? [])],
        totalCount: page?.totalCount ?? totalCount,
        problems: problemsOf(error),
        isLoading: false,
        next: page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : null,
      }))
    })
    return () => {
      isStale = true
    }
  }, [client, name, orderBy, after])
  return { ...loaded, more: () => setAfter(loaded.next) }
}

import { useEffect, useState } from 'react'
import { useClient } from 'urql'
import { type Problem, problemsOf } from '../gateway/problem.ts'
import {
  type ProfilingResultOrder,
  type ResultRowFragment,
  ResultsDocument,
  type ResultsQuery,
} from './operations.generated.ts'

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

/** A page that is asked for: where it begins, and whether what is remembered will do. urql remembers failures, too. */
interface Request {
  readonly after: string | null
  readonly requestPolicy: 'cache-first' | 'network-only'
}

/**
 * Reads the results of a session page by page: the first at once, the others when `more` is called. `again` asks once more
 * for one that did not come.
 */
export function useResults(
  name: string,
  orderBy: ProfilingResultOrder,
): LoadedResults & { readonly more: () => void; readonly again: () => void } {
  const client = useClient()
  const [loaded, setLoaded] = useState(nothingYet)
  const [request, setRequest] = useState<Request>({ after: null, requestPolicy: 'cache-first' })
  useEffect(() => {
    let isStale = false
    const { after, requestPolicy } = request
    const variables = { name, orderBy, after }
    setLoaded((before) => ({ ...(after === null ? nothingYet : before), isLoading: true }))
    const answer = client.query(ResultsDocument, variables, { requestPolicy }).toPromise()
    void answer.then(({ data, error }) => {
      const page = data?.profilingSession?.results
      if (isStale) return
      setLoaded(({ rows, totalCount }) => ({
        rows: [...rows, ...(page?.nodes ?? [])],
        totalCount: page?.totalCount ?? totalCount,
        problems: problemsOf(error),
        isLoading: false,
        next: page === null || page === undefined ? after : nextOf(page),
      }))
    })
    return () => {
      isStale = true
    }
  }, [client, name, orderBy, request])
  return {
    ...loaded,
    more: () => setRequest({ after: loaded.next, requestPolicy: 'cache-first' }),
    again: () => setRequest({ after: request.after, requestPolicy: 'network-only' }),
  }
}

type Page = NonNullable<NonNullable<ResultsQuery['profilingSession']>['results']>

const nextOf = ({ pageInfo: { hasNextPage, endCursor } }: Page) => (hasNextPage ? endCursor : null)

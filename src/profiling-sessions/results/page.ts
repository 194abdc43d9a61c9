import { type Page, type PageArguments, type PageRequest, pageAt, pageRequest } from '../../core/paging.ts'
import type { ProfilingResultOrder } from '../../generated/resolvers.ts'
import type { ProfilingResult, ProfilingResultsSummary, ProfilingSession } from '../model.ts'
import type { ReadResults } from './read-results.ts'
import { resultAt } from './table.ts'

/** Which results are asked for. */
export interface ResultPageRequest extends PageRequest {
  readonly orderBy: ProfilingResultOrder
}

/**
 * Reads what is asked for. A cursor is good for one session and one order.
 *
 * @throws GatewayError BAD_USER_INPUT
 */
export function resultPageRequest(
  { name, createdDate }: ProfilingSession,
  { orderBy, ...page }: PageArguments & { readonly orderBy?: ProfilingResultOrder | null | undefined },
): ResultPageRequest {
  const order = orderBy ?? 'TIMESTAMP'
  return { ...pageRequest(page, JSON.stringify(['results', name, createdDate, order])), orderBy: order }
}

/** One page of a session's results. */
export function resultPage(
  { table }: ReadResults,
  request: ResultPageRequest,
  session: ProfilingSession,
): Page<ProfilingResult> {
  const { offset } = request.place
  const rows = table.orders[request.orderBy].subarray(offset, offset + request.first)
  const results = Array.from(rows, (row) => resultAt(table, row, session))
  return pageAt(request, results, { totalCount: table.rowCount, offset, hasNextPage: undefined })
}

/** What a session's results come to. */
export function resultsSummary(
  { table, figures }: ReadResults,
  session: ProfilingSession,
): ProfilingResultsSummary {
  return { ...figures, mostExpensive: figures.mostExpensive.map((row) => resultAt(table, row, session)) }
}

import type { SandboxRequest } from '../service.ts'

const defaultLimit = 50
const maximumLimit = 200

/** The page that a call asks for. */
export interface Page {
  limit: number
  offset: number
}

/** Vault's `responseDetails` of a list. */
export interface ResponseDetails extends Page {
  total: number
  next_page?: string
  previous_page?: string
}

/** Reads `limit` (1 to 200, default 50) and `offset` (default 0), or says what is wrong with them. */
export function readPage(query: URLSearchParams): Page | { problem: string } {
  const limit = readNumber(query.get('limit'), defaultLimit)
  if (limit === undefined || limit < 1 || limit > maximumLimit) {
    return { problem: `The limit must be a number from 1 to ${maximumLimit}.` }
  }
  const offset = readNumber(query.get('offset'), 0)
  if (offset === undefined) return { problem: 'The offset must be a number from 0.' }
  return { limit, offset }
}

/**
 * The total, the page, and relative links to its neighbours that keep the caller's filters. There is no
 * `next_page` on the last page and no `previous_page` on the first, and offsets count from 0: so the examples (API
 * reference, Retrieve Job Histories), where the text has the second page of 50 begin at 51.
 */
export function pageLinks(request: SandboxRequest, page: Page, total: number): ResponseDetails {
  const { limit, offset } = page
  const details: ResponseDetails = { total, limit, offset }
  if (offset + limit < total) details.next_page = pageLink(request, limit, offset + limit)
  if (offset > 0) details.previous_page = pageLink(request, limit, Math.max(0, offset - limit))
  return details
}

function pageLink(request: SandboxRequest, limit: number, offset: number): string {
  const query = new URLSearchParams(request.query)
  query.set('limit', String(limit))
  query.set('offset', String(offset))
  return `${request.path}?${query}`
}

function readNumber(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

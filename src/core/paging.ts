import { z } from 'zod'
import { badUserInput } from './errors.ts'

/** The most elements of one page: Vault's own limit (API reference, Jobs, `limit`). */
export const maxPageSize = 200

/** The page size where the caller names none. */
const defaultPageSize = 50

/** Longer than any list of Vault's. */
const maxOffset = 1_000_000_000

/** A cursor of ours is far shorter; anything longer is not one. */
const maxCursorLength = 1024

/** Relay's `first` and `after`, as they arrive. */
export interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

/**
 * A place in a list: what a cursor says. `pin`, `total` and `last` belong to lists that are walked as they were at
 * one moment; other lists leave them out.
 */
const placeSchema = z.strictObject({
  /** How many elements lie before the next one. A cursor stands behind an element. */
  offset: z.int().min(1).max(maxOffset),
  /** Which list this is a place in; a cursor of another one is refused. */
  list: z.string(),
  /** Up to when the list is looked at. */
  pin: z.string().optional(),
  /** How many elements the list had when the cursor was made. */
  total: z.int().min(0).optional(),
  /** The id of the element that the cursor stands behind. */
  last: z.string().optional(),
})

/** See `placeSchema`. */
export type Place = z.infer<typeof placeSchema>

/** What is asked of a list: so many elements from a place on. */
export interface PageRequest {
  readonly first: number
  readonly place: Place
}

/** What a list gave: some elements and how many there are in all. */
export interface Page<Node> {
  readonly nodes: readonly Node[]
  readonly totalCount: number
  readonly hasNextPage: boolean
  /** Where the first element stands. */
  readonly place: Place
}

/** Relay's connection. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[]
  readonly nodes: readonly Node[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
  readonly totalCount: number
}

/**
 * Reads `first` and `after`.
 *
 * @param list names the list with everything that selects its elements, such as filters
 * @throws GatewayError BAD_USER_INPUT when `first` is out of range or `after` is no cursor of this list
 */
export function pageRequest({ first, after }: PageArguments, list: string): PageRequest {
  const size = first ?? defaultPageSize
  if (size < 1 || size > maxPageSize) {
    throw badUserInput(`\`first\` is ${size}; it must be from 1 to ${maxPageSize}.`)
  }
  return { first: size, place: after == null ? { offset: 0, list } : placeOf(after, list) }
}

function placeOf(cursor: string, list: string): Place {
  const place = readCursor(cursor)
  if (place === undefined) {
    throw badUserInput('`after` is not a cursor. Pass on an `endCursor` or `cursor` as this gateway gave it.')
  }
  if (place.list !== list) {
    throw badUserInput(
      '`after` is a cursor of another list. Use a cursor with the same field, filter and order that it came from.',
    )
  }
  return place
}

function readCursor(cursor: string): Place | undefined {
  if (cursor.length > maxCursorLength) return undefined
  try {
    return placeSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    return undefined
  }
}

function writeCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** What an upstream says about the page that it gave; all of it may be missing. */
export interface UpstreamPaging {
  readonly totalCount: number | undefined
  /** Where the upstream's page begins, which is what was asked for unless the upstream ignored it. */
  readonly offset: number | undefined
  readonly hasNextPage: boolean | undefined
}

/** Cuts out of an upstream's answer the page that was asked for. An upstream may give more than its limit. */
export function pageAt<Node>(
  { first, place }: PageRequest,
  nodes: readonly Node[],
  { totalCount, offset = place.offset, hasNextPage }: UpstreamPaging,
): Page<Node> {
  const begin = Math.max(0, place.offset - offset)
  const end = begin + first
  const seen = offset + nodes.length
  // An upstream that says nothing at all may have more behind a full page.
  const isToldMore = hasNextPage ?? (totalCount === undefined && nodes.length >= first)
  const isMoreUpstream = nodes.length > 0 && (isToldMore || seen < (totalCount ?? 0))
  return {
    place,
    nodes: begin === 0 && end >= nodes.length ? nodes : nodes.slice(begin, end),
    totalCount: totalCount ?? seen,
    hasNextPage: end < nodes.length || isMoreUpstream,
  }
}

/** Makes the connection that a page is shown as. Cursors are written only for what is selected. */
export function connectionOf<Node extends { readonly id: string }>(page: Page<Node>): Connection<Node> {
  return new PageConnection(page)
}

/** A class, since an object of its own with getters would cost V8 a shape of its own, and outlive its use. */
class PageConnection<Node extends { readonly id: string }> implements Connection<Node> {
  readonly #page: Page<Node>

  constructor(page: Page<Node>) {
    this.#page = page
  }

  get nodes() {
    return this.#page.nodes
  }

  get totalCount() {
    return this.#page.totalCount
  }

  get edges() {
    const { nodes, place } = this.#page
    return nodes.map((node, index) => ({ node, cursor: cursorBehind(place, index, node.id) }))
  }

  get pageInfo() {
    return new ConnectionPageInfo(this.#page)
  }
}

class ConnectionPageInfo<Node extends { readonly id: string }> {
  readonly #page: Page<Node>

  constructor(page: Page<Node>) {
    this.#page = page
  }

  get hasNextPage() {
    return this.#page.hasNextPage
  }

  get hasPreviousPage() {
    return this.#page.place.offset > 0
  }

  get startCursor() {
    return this.#cursorAt(0)
  }

  get endCursor() {
    return this.#cursorAt(this.#page.nodes.length - 1)
  }

  #cursorAt(index: number): string | null {
    const { nodes, place } = this.#page
    const node = nodes.at(index)
    return node === undefined ? null : cursorBehind(place, index, node.id)
  }
}

/** Only a pinned list needs to know what its cursors stand behind. */
function cursorBehind(place: Place, index: number, id: string): string {
  const offset = place.offset + index + 1
  return writeCursor(place.pin === undefined ? { ...place, offset } : { ...place, offset, last: id })
}

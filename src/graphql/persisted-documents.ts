import { hash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { badRequest, forbidden } from '../core/errors.ts'
import { asGraphqlError } from './error-presentation.ts'
import type { OperationRequest } from './operations.ts'
import type { TrustedDocuments } from './trusted-documents.ts'

/** How much text of documents that clients have registered is kept, in characters. */
const maxPersistedCharacters = 1_000_000

/** The text that a request means, or why there is none. */
export type PersistedText =
  | {
      readonly source: string
      /** Keeps the text under its hash. To be called once it is known to be good. */
      readonly keep: (() => void) | undefined
      readonly error?: never
    }
  | { readonly error: GraphQLError; readonly source?: never; readonly keep?: never }

/** What stands for a hash. */
export interface PersistedDocuments {
  /** The text of the document that a request means: what it sends, or what its hash stands for. */
  textOf(request: OperationRequest): PersistedText
}

/** What Apollo's clients send in place of a document (Apollo Server, Automatic persisted queries). */
const persistedQuerySchema = z.object({ version: z.literal(1), sha256Hash: z.string().min(1).max(256) })

/**
 * Makes what documents by their hash stand for. Without a manifest, clients register documents themselves: a hash that nobody
 * knows is answered with PERSISTED_QUERY_NOT_FOUND, and the client sends hash and text together. With one, its documents are
 * all that there is, whether by id or by text.
 */
export function createPersistedDocuments(trusted: TrustedDocuments | undefined): PersistedDocuments {
  const registered = new LRUCache<string, string>({
    maxSize: maxPersistedCharacters,
    sizeCalculation: (source) => source.length,
  })
  return {
    textOf({ query, extensions }) {
      const source = query ?? ''
      const given = extensions?.['persistedQuery']
      if (given === undefined || given === null) {
        return trusted === undefined || trusted.has(source)
          ? { source, keep: undefined }
          : { error: asGraphqlError(untrusted()) }
      }
      const parsed = persistedQuerySchema.safeParse(given)
      if (!parsed.success) return { error: asGraphqlError(badPersistedQuery()) }
      const { sha256Hash } = parsed.data
      if (trusted !== undefined) {
        const known = trusted.textOf(sha256Hash)
        if (known !== undefined && (source === '' || source === known))
          return { source: known, keep: undefined }
        return { error: source === '' ? notFound() : asGraphqlError(untrusted()) }
      }
      if (source === '') {
        const known = registered.get(sha256Hash)
        return known === undefined ? { error: notFound() } : { source: known, keep: undefined }
      }
      if (hash('sha256', source) !== sha256Hash) return { error: asGraphqlError(wrongHash()) }
      return { source, keep: () => registered.set(sha256Hash, source) }
    },
  }
}

/** Clients know these words, and then send the text, too. */
const notFound = () =>
  new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } })

const untrusted = () =>
  forbidden(
    'This gateway answers only the documents that its operator has listed (TRUSTED_DOCUMENTS), and this is none of them.',
  )

const badPersistedQuery = () =>
  badRequest(
    '`extensions.persistedQuery` has to have `version` 1 and the hash of the document as `sha256Hash`.',
  )

const wrongHash = () =>
  badRequest('`sha256Hash` is not the hash of this document. It is SHA-256 of the text, in small hex digits.')

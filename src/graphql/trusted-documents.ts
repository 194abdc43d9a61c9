import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** The documents that are all that a gateway answers. */
export interface TrustedDocuments {
  /** Whether this text is one of them, letter by letter. */
  has(source: string): boolean
  /** The text that an id stands for. */
  textOf(id: string): string | undefined
}

/** What `@apollo/generate-persisted-query-manifest` writes. */
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
})

/** What GraphQL Code Generator and Relay's compiler write: ids, and the document of each. */
const plainManifest = z.record(z.string().min(1), z.string().min(1))

const wanted = 'a JSON file of ids and documents, or a persisted query manifest of Apollo'

/**
 * Reads a manifest, in the form of Apollo or that of GraphQL Code Generator and Relay.
 *
 * @throws Error that says what it has to be and what is wrong with it
 */
export function readTrustedDocuments(file: string): TrustedDocuments {
  const byId = new Map(entriesOf(file))
  const texts = new Set(byId.values())
  return { has: (source) => texts.has(source), textOf: (id) => byId.get(id) }
}

function entriesOf(file: string): readonly (readonly [id: string, source: string])[] {
  const content = contentOf(file)
  const apollo = apolloManifest.safeParse(content)
  if (apollo.success) return apollo.data.operations.map(({ id, body }) => [id, body])
  const plain = plainManifest.safeParse(content)
  if (plain.success) return Object.entries(plain.data)
  throw new Error(`${wanted}; this file has something else`)
}

function contentOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${wanted}: ${error instanceof Error ? error.message : error}`)
  }
}

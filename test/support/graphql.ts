import type { GraphQLFormattedError } from 'graphql'
import { z } from 'zod'

/** What a GraphQL request was answered. */
export interface GraphqlAnswer<Data> {
  readonly status: number
  readonly data: Data
  readonly errors: readonly GraphQLFormattedError[]
}

/** What to send beside the document. */
export interface RequestOptions {
  readonly variables?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Sends a document as a frontend does. `Data` is what the test expects; what came is asserted by the test. */
export async function request<Data = Record<string, unknown>>(
  gateway: { readonly url: string },
  query: string,
  { variables = {}, headers = {}, signal }: RequestOptions = {},
): Promise<GraphqlAnswer<Data>> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
    ...(signal === undefined ? {} : { signal }),
  })
  const answer = z
    .object({ data: z.unknown().optional(), errors: z.custom<readonly GraphQLFormattedError[]>().optional() })
    .parse(await response.json())
  return {
    status: response.status,
    data: z.custom<Data>().parse(answer.data ?? null),
    errors: answer.errors ?? [],
  }
}

/** Sends a document that must succeed. */
export async function data<Data = Record<string, unknown>>(
  gateway: { readonly url: string },
  query: string,
  options?: RequestOptions,
): Promise<Data> {
  const answer = await request<Data>(gateway, query, options)
  if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors))
  return answer.data
}

/** The codes of the errors of an answer. */
export function codesOf({
  errors,
}: {
  readonly errors: readonly GraphQLFormattedError[]
}): readonly unknown[] {
  return errors.map(({ extensions }) => extensions?.['code'])
}

import type { GraphiQLProps } from 'graphiql'
import { GraphQLError, getOperationAST, type OperationDefinitionNode, parse } from 'graphql'
import { readHeaders } from './headers.ts'
import { subscribe } from './subscribe.ts'

type Fetcher = GraphiQLProps['fetcher']
type Params = Parameters<Fetcher>[0]

/**
 * How GraphiQL reaches the gateway: queries and mutations by POST, subscriptions by WebSocket, both at
 * `endpoint`. What goes wrong on the way is answered as a GraphQL error, which the response pane can show.
 */
export function createFetcher(endpoint: URL): Fetcher {
  return async (params, options) => {
    try {
      const headers = readHeaders(options?.headers)
      const operation = operationOf(params)
      const request = { ...params, operationName: operation?.name?.value ?? params.operationName ?? null }
      return operation?.operation === 'subscription'
        ? subscribe(endpoint, request, headers)
        : await post(endpoint, request, headers)
    } catch (error) {
      return { errors: [new GraphQLError(error instanceof Error ? error.message : String(error))] }
    }
  }
}

/**
 * The operation to run. For a moment after a change of tabs GraphiQL 5.4 still names the former tab's: where the
 * document does not have it, its only operation is meant. There is none in a document that does not parse; the
 * gateway says what is wrong with it.
 */
function operationOf({ query, operationName }: Params): OperationDefinitionNode | undefined {
  try {
    const document = parse(query)
    return getOperationAST(document, operationName) ?? getOperationAST(document) ?? undefined
  } catch {
    return undefined
  }
}

async function post(endpoint: URL, params: Params, headers: Headers) {
  headers.set('content-type', 'application/json')
  headers.set('accept', 'application/graphql-response+json, application/json;q=0.9')
  const request = { method: 'POST', headers, body: JSON.stringify(params) }
  const response = await fetch(endpoint, request).catch((cause: unknown) => {
    throw new Error('The gateway did not answer. It is down, or the network is.', { cause })
  })
  if (response.headers.get('content-type')?.includes('json') === true) return response.json()
  throw new Error(`The gateway answered ${response.status} ${response.statusText} and no JSON.`)
}

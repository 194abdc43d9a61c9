import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { createClient, type FormattedExecutionResult, type SubscribePayload } from 'graphql-ws'
import { connectionParams } from './headers.ts'
import { readableFailure } from './socket-failure.ts'

/**
 * Runs one subscription over a WebSocket of its own (graphql-transport-ws). GraphiQL runs one at a time; with a
 * socket for each, none can outlive the credentials that it was opened with. A socket that breaks is not opened
 * again: who tests an API wants to see that it broke.
 */
export function subscribe(
  endpoint: URL,
  { query, operationName, variables }: SubscribePayload,
  headers: Headers,
): AsyncIterableIterator<Result> {
  const client = createClient({
    url: socketAddress(endpoint),
    connectionParams: connectionParams(headers),
    retryAttempts: 0,
  })
  return withReadableFailures(client.iterate({ query, operationName, variables }))
}

type Result = Omit<FormattedExecutionResult, 'errors'> & { errors?: GraphQLError[] }

function socketAddress(endpoint: URL): string {
  const address = new URL(endpoint)
  address.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:'
  return address.href
}

/**
 * Not a generator: GraphiQL stops a subscription by `return()`, which a generator would only obey at the next
 * event.
 */
function withReadableFailures(events: AsyncIterableIterator<FormattedExecutionResult>) {
  const results: AsyncIterableIterator<Result> = {
    [Symbol.asyncIterator]: () => results,
    async next() {
      try {
        const event = await events.next()
        return event.done === true ? event : { done: false, value: toResult(event.value) }
      } catch (failure) {
        return { done: false, value: { errors: readableFailure(failure).map(toError) } }
      }
    },
    async return() {
      await events.return?.()
      return { done: true, value: undefined }
    },
  }
  return results
}

function toResult({ errors, ...rest }: FormattedExecutionResult): Result {
  return errors === undefined ? rest : { ...rest, errors: errors.map(toError) }
}

/** GraphiQL's types ask for instances; they print as what they were made from. */
function toError(error: GraphQLFormattedError): GraphQLError {
  return Object.assign(new GraphQLError(error.message), error)
}

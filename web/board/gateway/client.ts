import { Client, cacheExchange, fetchExchange, mapExchange, subscriptionExchange } from 'urql'
import { addressOf } from '../configuration.ts'
import { tellSessionEnd } from './session-end.ts'
import { socket } from './socket.ts'

/**
 * The board's way to the graph: queries and mutations by POST, subscriptions by the WebSocket. Who has signed in is told by
 * a cookie that no script sees, so there is no credential here.
 *
 * urql remembers answers by their documents, and asks again for those in which a type occurs that a mutation has changed.
 * More is not needed: what changes by itself is followed by a subscription, which brings the present state with it.
 */
export const client = new Client({
  url: addressOf('graphql').href,
  preferGetMethod: false,
  exchanges: [
    mapExchange({
      onResult({ error }) {
        if (error?.graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED')) {
          tellSessionEnd()
        }
      },
    }),
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', operationName, variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe(
            { query, operationName, variables },
            {
              ...sink,
              next: ({ data = null, errors }) =>
                sink.next(errors === undefined ? { data } : { data, errors }),
            },
          ),
        }),
      }),
    }),
  ],
})

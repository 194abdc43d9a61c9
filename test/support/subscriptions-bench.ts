import { makeExecutableSchema } from '@graphql-tools/schema'
import { parse } from 'graphql'
import { accessWith, type Caller } from '../../src/core/identity.ts'
import type { OperationContext, OperationScope } from '../../src/core/operation.ts'
import type { Outlet, Subscriber } from '../../src/graphql/subscriber.ts'
import { createSubscriptions } from '../../src/graphql/subscriptions.ts'
import { type FeedEvent, sighted } from '../../src/watch/feed.ts'
import { settled } from './settled.ts'
import { type WatchedNumber, watchBench } from './watch-bench.ts'

/** What a client of a fake transport has been sent. */
export interface FakeClient {
  /** The numbers; and the codes of errors. */
  readonly received: (number | string)[]
  readonly subscriber: Subscriber
  isDone(): boolean
  /** Stops taking, or takes again. */
  setFull(isFull: boolean): void
}

/** How a fake client subscribes. */
export interface SubscribeOptions {
  readonly caller?: Caller
  readonly variables?: Readonly<Record<string, unknown>> | null
  readonly operationName?: string | null
}

const typeDefs = /* GraphQL */ `
  type Query { nothing: Int }
  type Subscription { watched(keys: [String!]!): Watched, refused: Watched }
  type Watched { n: Int!, nested: Int }
`

/** Makes a caller that Vault knows by this credential. */
export function callerNamed(name: string): Caller {
  const access = accessWith(name)
  return {
    key: access.callerKey,
    credentialKey: access.callerKey,
    vault: () => access,
    feldera: () => access,
    linkCredentials: () => ({ vault: name, feldera: undefined }),
  }
}

/** Subscriptions over {@link watchBench}, without a transport. */
export function subscriptionsBench() {
  const bench = watchBench()
  const contexts: OperationScope[] = []
  let readNested = async (_scope: OperationScope): Promise<number> => 0
  let nestedReads = 0
  let subscribers = 0
  const deliveries: [count: number, lagMs: number | undefined][] = []

  const schema = makeExecutableSchema<OperationContext>({
    typeDefs,
    resolvers: {
      Subscription: {
        watched: {
          subscribe: (_root: unknown, { keys }: { keys: string[] }, { caller }: OperationContext) =>
            bench.watches.follow(caller.vault(), keys),
          resolve: (event: FeedEvent<WatchedNumber>) => sighted(event).state,
        },
        refused: {
          subscribe: () => {
            throw new Error('refused')
          },
        },
      },
      Watched: {
        nested(_watched: unknown, _arguments: unknown, context: OperationContext) {
          nestedReads += 1
          return readNested(context)
        },
      },
    },
  })
  const subscriptions = createSubscriptions({
    schema,
    createContext(scope) {
      contexts.push(scope)
      return { ...scope, loaders: Object.create(null) }
    },
    presentError: ({ message }) => ({ message }),
    clock: bench.clock,
    events: {
      onSubscribers(change) {
        subscribers += change
      },
      onDelivered: (count, lagMs) => void deliveries.push([count, lagMs]),
    },
  })

  return {
    ...bench,
    /** The contexts that were made: one to begin with, and one for each execution. */
    contexts,
    nestedReads: () => nestedReads,
    /** How many subscribe, as was told. */
    subscribers: () => subscribers,
    /** What was told of deliveries: to how many, and how long after the change. */
    deliveries,
    /** Tells how the nested field is read. */
    nestedBy(read: typeof readNested) {
      readNested = read
    },
    leave: (client: FakeClient) => subscriptions.leave(client.subscriber),
    resume: (client: FakeClient) => subscriptions.resume(client.subscriber),
    async subscribe(
      selection = 'watched(keys: ["a"]) { n }',
      { caller = callerNamed('anna'), variables = null, operationName = null }: SubscribeOptions = {},
    ): Promise<FakeClient> {
      const source = selection.startsWith('subscription') ? selection : `subscription { ${selection} }`
      const received: (number | string)[] = []
      let isDone = false
      let isFull = false
      const outlet: Outlet = {
        isFull: () => isFull,
        next(json) {
          const { data, errors } = JSON.parse(json)
          received.push(data?.watched?.n ?? errors[0].message)
        },
        complete() {
          if (isDone) throw new Error('completed twice')
          isDone = true
        },
      }
      const operation = { caller, source, document: parse(source), operationName, variables }
      const subscriber = subscriptions.subscribe(operation, outlet)
      await settled()
      return {
        received,
        subscriber,
        isDone: () => isDone,
        setFull(full) {
          isFull = full
        },
      }
    },
  }
}

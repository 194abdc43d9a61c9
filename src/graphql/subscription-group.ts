import { setImmediate as nextTurn } from 'node:timers/promises'
import { createSourceEventStream, type DocumentNode, execute, type GraphQLSchema } from 'graphql'
import type { Caller } from '../core/identity.ts'
import { OperationCancelled } from '../core/operation.ts'
import type { Clock } from '../core/time.ts'
import { outsideSpans } from '../core/tracing.ts'
import { type Feed, type FeedEvent, isFeed } from '../watch/feed.ts'
import type { ContextFactory } from './context.ts'
import { createDeliveryOrder } from './delivery-order.ts'
import { asGraphqlError, type ErrorPresentation } from './error-presentation.ts'
import { type GraphEvents, noGraphEvents } from './events.ts'
import { presentedJson } from './results.ts'
import {
  admit,
  complete,
  createSubscriber,
  deliver,
  type Group,
  type Outlet,
  type Result,
  type Subscriber,
} from './subscriber.ts'

/** For how long those who join are given the same snapshot, in milliseconds. */
const snapshotLifetimeMs = 1000

/** How many events are executed together: those that happened while the ones before were begun. */
const maxEventsTogether = 200

/** To how many subscribers a result is sent before other work of the process has its turn. */
const deliveriesPerTurn = 1000

/** A subscription whose document is good. */
export interface SubscriptionOperation {
  readonly caller: Caller
  /** The text of the document. */
  readonly source: string
  readonly document: DocumentNode
  readonly operationName: string | null
  readonly variables: Readonly<Record<string, unknown>> | null
}

/** What groups need. */
export interface GroupFloor {
  readonly schema: GraphQLSchema
  readonly createContext: ContextFactory
  readonly presentError: ErrorPresentation
  readonly clock: Clock
  /** Who is told of subscribers and deliveries. Nobody, by default. */
  readonly events?: Pick<GraphEvents, 'onSubscribers' | 'onDelivered'>
}

/** A group that takes subscribers. */
export interface JoinableGroup extends Group {
  join(outlet: Outlet): Subscriber
}

/** The present states, executed. */
interface ExecutedSnapshot {
  readonly results: Promise<readonly Result[]>
  readonly sequence: number
  readonly untilMs: number
}

/**
 * Makes the group of one operation, and begins it.
 *
 * @param onEnd called when nobody may join any more
 */
export function createGroup(
  floor: GroupFloor,
  { caller, document, operationName, variables }: SubscriptionOperation,
  onEnd: () => void,
): JoinableGroup {
  const { schema, createContext, presentError, clock, events = noGraphEvents } = floor
  const members = new Set<Subscriber>()
  const abort = new AbortController()
  let feed: Feed<unknown> | undefined
  let lastSnapshot: ExecutedSnapshot | undefined

  const newArguments = () => ({
    schema,
    document,
    operationName,
    variableValues: variables,
    contextValue: createContext({ caller, signal: abort.signal }),
  })
  /** Makes an execution of events that happened at one time, with loaders of their own. */
  const newExecution = () => {
    const shared = newArguments()
    return async (event: FeedEvent<unknown>): Promise<Result> => ({
      key: event.key,
      json: presentedJson(await execute({ ...shared, rootValue: event }), presentError),
    })
  }
  const tell = async (result: Result, sequence: number, changedAtMs?: number) => {
    let deliveries = 0
    for (const member of members) {
      if (sequence <= member.since) continue
      deliver(member, result)
      deliveries += 1
      if (deliveries % deliveriesPerTurn === 0) await nextTurn()
    }
    events.onDelivered(deliveries, changedAtMs === undefined ? undefined : clock.now() - changedAtMs)
  }

  const follow = async (open: Feed<unknown>) => {
    const order = createDeliveryOrder(() => void open.return())
    for await (const event of open) {
      const run = newExecution()
      for (const one of [event, ...open.takeWaiting(maxEventsTogether - 1)]) {
        order.add(one.key, run(one), (result) => tell(result, one.sequence, changeOf(one)))
      }
      await order.room()
    }
    await order.all()
  }
  const run = async () => {
    const stream = await createSourceEventStream(newArguments())
    if (!(Symbol.asyncIterator in stream)) {
      return tell({ key: '', json: presentedJson(stream, presentError) }, 0)
    }
    if (!isFeed(stream)) throw new Error('A subscription has to be resolved to the feed of a watch.')
    if (abort.signal.aborted) return void (await stream.return())
    feed = stream
    await follow(stream)
  }
  const faultOf = (thrown: unknown): Result => ({
    key: '',
    json: presentedJson({ errors: [asGraphqlError(thrown)] }, presentError),
  })
  const tellFault = (thrown: unknown) => tell(faultOf(thrown), Number.POSITIVE_INFINITY)
  const end = () => {
    onEnd()
    for (const member of members) complete(member)
    events.onSubscribers(-members.size)
    members.clear()
  }
  // It outlives the operation that began it.
  void outsideSpans(run)
    .catch((thrown: unknown) => (abort.signal.aborted ? undefined : tellFault(thrown)))
    .then(end)

  const executed = async (states: readonly FeedEvent<unknown>[]): Promise<readonly Result[]> => {
    const execution = newExecution()
    const results: Result[] = []
    for (let first = 0; first < states.length; first += maxEventsTogether) {
      if (first > 0) await nextTurn()
      results.push(...(await Promise.all(states.slice(first, first + maxEventsTogether).map(execution))))
    }
    return results
  }
  const presentStates = (open: Feed<unknown>): ExecutedSnapshot => {
    const { events: states, sequence } = open.snapshot()
    const isGood = lastSnapshot?.sequence === sequence && lastSnapshot.untilMs > clock.now()
    if (lastSnapshot === undefined || !isGood) {
      lastSnapshot = { results: executed(states), sequence, untilMs: clock.now() + snapshotLifetimeMs }
    }
    return lastSnapshot
  }

  const group: JoinableGroup = {
    join(outlet) {
      const member = createSubscriber(outlet, group)
      members.add(member)
      events.onSubscribers(1)
      if (feed !== undefined) {
        const { results, sequence } = presentStates(feed)
        member.since = sequence
        member.isJoining = true
        results
          .catch((thrown: unknown) => [faultOf(thrown)])
          .then((snapshot) => {
            admit(member, snapshot)
            events.onDelivered(snapshot.length, undefined)
          })
      }
      return member
    },
    leave(member) {
      member.hasLeft = true
      if (!members.delete(member)) return
      events.onSubscribers(-1)
      if (members.size > 0) return
      onEnd()
      abort.abort(new OperationCancelled('Nobody subscribes to this any more.'))
      void feed?.return()
    },
  }
  return group
}

const changeOf = (event: FeedEvent<unknown>) => ('changedAtMs' in event ? event.changedAtMs : undefined)

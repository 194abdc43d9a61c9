import { type Backlog, createBacklog } from '../watch/backlog.ts'

/** Where the results of one subscription go: a connection of one transport, with the framing of its protocol. */
export interface Outlet {
  /** Whether the connection has more to send than its client takes. Results then wait, until `resume` is called. */
  isFull(): boolean
  /** Sends one result, as JSON. */
  next(result: string): void
  /** Tells that nothing more comes. Called once, as the last. */
  complete(): void
}

/** One result as JSON, and the thing that it is about. */
export interface Result {
  readonly key: string
  readonly json: string
}

/** Subscribers who are all told the same. */
export interface Group {
  leave(subscriber: Subscriber): void
}

/** One subscription of one client. Plain data, since there are many. */
export interface Subscriber {
  readonly outlet: Outlet
  readonly group: Group
  /** Events up to this one were sent as the snapshot that it began with. */
  since: number
  /** Results wait until that snapshot was sent. */
  isJoining: boolean
  isOver: boolean
  /** Whether its client has gone or was told the end. Nothing is sent then. */
  hasLeft: boolean
  /** Undefined while nothing waits: most subscribers never need one, and there are many. */
  backlog: Backlog<Result> | undefined
}

/** Makes a subscriber that takes whatever comes. */
export function createSubscriber(outlet: Outlet, group: Group): Subscriber {
  return { outlet, group, since: -1, isJoining: false, isOver: false, hasLeft: false, backlog: undefined }
}

/** Sends a result, or lets it wait its turn. A subscriber that does not read loses states in between, never the last. */
export function deliver(subscriber: Subscriber, result: Result): void {
  const { outlet, backlog, isJoining } = subscriber
  if (isJoining || backlog !== undefined || outlet.isFull()) {
    subscriber.backlog ??= createBacklog<Result>((_older, newer) => newer)
    subscriber.backlog.put(result)
  } else outlet.next(result.json)
}

/** Lets a subscriber join who has waited for a snapshot: that comes first, then what has come meanwhile. */
export function admit(subscriber: Subscriber, snapshot: readonly Result[]): void {
  const { backlog, hasLeft } = subscriber
  if (hasLeft) return
  subscriber.isJoining = false
  subscriber.backlog = undefined
  for (const result of snapshot) deliver(subscriber, result)
  for (let result = backlog?.take(); result !== undefined; result = backlog?.take())
    deliver(subscriber, result)
  flush(subscriber)
}

/** Ends a subscription behind what waits. */
export function complete(subscriber: Subscriber): void {
  subscriber.isOver = true
  flush(subscriber)
}

/** Sends what waits, as far as the connection takes it. */
export function flush(subscriber: Subscriber): void {
  const { outlet, backlog, isJoining, isOver, hasLeft } = subscriber
  if (isJoining || hasLeft) return
  while (backlog !== undefined && !backlog.isEmpty()) {
    if (outlet.isFull()) return
    const result = backlog.take()
    if (result !== undefined) outlet.next(result.json)
  }
  subscriber.backlog = undefined
  if (!isOver) return
  subscriber.hasLeft = true
  outlet.complete()
}

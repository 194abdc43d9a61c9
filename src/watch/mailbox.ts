/** The most states that wait for one subscriber. Past it the oldest are dropped: the newest always arrives. */
export const maxBacklog = 100

/** What a subscriber receives: a state, and the one it received before. */
export interface Message<State> {
  readonly state: State
  /** Undefined on the first message. */
  readonly previous: State | undefined
}

/** The end of a subscription by failure, told as its last message. */
export interface Failure {
  readonly failure: unknown
}

/** One subscriber's queue: the watch puts, the subscriber takes at its own pace. */
export interface Mailbox<State> extends AsyncIterableIterator<Message<State> | Failure> {
  put(state: State): void
  /** Ends the subscription after what is queued, with a failure if there is one. */
  end(failure?: Failure): void
  /** Called by the subscriber that has gone. */
  return(): Promise<IteratorResult<Message<State> | Failure>>
}

/**
 * Makes a mailbox.
 *
 * @param onLeave called once, when the subscriber has gone or has been told the end
 */
export function createMailbox<State>(onLeave: () => void): Mailbox<State> {
  const queue: State[] = []
  let previous: State | undefined
  let ending: { failure?: Failure } | undefined
  let hasLeft = false
  let news = Promise.withResolvers<void>()

  const notify = () => {
    news.resolve()
    news = Promise.withResolvers()
  }
  const leave = () => {
    if (hasLeft) return
    hasLeft = true
    queue.length = 0
    onLeave()
    notify()
  }
  const take = (): IteratorResult<Message<State> | Failure> | undefined => {
    const state = queue.shift()
    if (state !== undefined) {
      const message = { state, previous }
      previous = state
      return { done: false, value: message }
    }
    if (hasLeft) return { done: true, value: undefined }
    if (ending === undefined) return undefined
    const { failure } = ending
    ending = {}
    if (failure !== undefined) return { done: false, value: failure }
    leave()
    return { done: true, value: undefined }
  }

  return {
    put(state) {
      if (hasLeft || ending !== undefined) return
      if (queue.length === maxBacklog) queue.shift()
      queue.push(state)
      notify()
    },
    end(failure) {
      ending ??= failure === undefined ? {} : { failure }
      notify()
    },
    async next() {
      for (;;) {
        const result = take()
        if (result !== undefined) return result
        await news.promise
      }
    },
    async return() {
      leave()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

import { hash } from 'node:crypto'
import { flush, type Outlet, type Subscriber } from './subscriber.ts'
import {
  createGroup,
  type GroupFloor,
  type JoinableGroup,
  type SubscriptionOperation,
} from './subscription-group.ts'

/** All subscriptions of the process, whichever transport they came by. */
export interface Subscriptions {
  /** Begins a subscription. Nothing reaches the outlet before this turn is over. */
  subscribe(operation: SubscriptionOperation, outlet: Outlet): Subscriber
  /** To be called when an outlet that was full has room again. */
  resume(subscriber: Subscriber): void
  /** Ends a subscription without telling its outlet. */
  leave(subscriber: Subscriber): void
}

/**
 * Makes the subscriptions. Those with the same caller, document, variables and operation are one group: each event is
 * executed and written once for all of them, and only framed for each.
 */
export function createSubscriptions(floor: GroupFloor): Subscriptions {
  const groups = new Map<string, JoinableGroup>()

  const newGroup = (key: string, operation: SubscriptionOperation): JoinableGroup => {
    const group = createGroup(floor, operation, () => {
      if (groups.get(key) === group) groups.delete(key)
    })
    groups.set(key, group)
    return group
  }
  return {
    subscribe(operation, outlet) {
      const key = keyOf(operation)
      const group = groups.get(key) ?? newGroup(key, operation)
      return group.join(outlet)
    },
    resume: flush,
    leave: (subscriber) => subscriber.group.leave(subscriber),
  }
}

const keyOf = ({ caller, source, operationName, variables }: SubscriptionOperation) =>
  hash('sha256', JSON.stringify([caller.key, source, operationName, variables]), 'base64url')

import { type GatewayError, rateLimited } from '../core/errors.ts'
import type { Clock } from '../core/time.ts'
import { createRate } from './rate.ts'

/** How much each may ask (`docs/limits.md`). 0: without limit. */
export interface AdmissionLimits {
  /** Operations that one caller begins in a minute. */
  readonly maxOperationsPerMinute: number
  /** Operations that come from one network in a minute, whoever sends them. */
  readonly maxOperationsPerMinutePerAddress: number
  /** Queries and mutations of one caller that are under way. Subscriptions are bounded by connection. */
  readonly maxConcurrentOperations: number
}

/** Who sends an operation. */
export interface OperationSender {
  /** `Caller.credentialKey` */
  readonly callerKey: string | undefined
  /** `networkOf` the client's address. */
  readonly network: string
}

/** Lets operations in, whichever transport they come by. */
export interface Admission {
  /** Counts an operation. What it gives is the reason why it may not begin. */
  refusalOf(sender: OperationSender): GatewayError | undefined
  /**
   * Counts a query or mutation as under way until the function that it gives is called, once.
   *
   * @returns the reason why it may not begin, or how to end it
   */
  begin(sender: OperationSender): GatewayError | (() => void)
}

/** How soon there is room again is not known where operations are under way: they mostly take less, in seconds. */
const concurrencyRetrySeconds = 1

/** Makes the one admission of a gateway. Who brings no credential is counted by its network alone: nobody speaks for them all. */
export function createAdmission(limits: AdmissionLimits, clock: Clock): Admission {
  const ofCaller = createRate(limits.maxOperationsPerMinute, clock)
  const ofNetwork = createRate(limits.maxOperationsPerMinutePerAddress, clock)
  const underWay = new Map<string, number>()
  const subjectOf = ({ callerKey, network }: OperationSender) => callerKey ?? network

  return {
    refusalOf(sender) {
      const subject = subjectOf(sender)
      const networkWaitMs = ofNetwork.waitMs(sender.network)
      if (networkWaitMs > 0)
        return tooOften('from this address', limits.maxOperationsPerMinutePerAddress, networkWaitMs)
      const waitMs = ofCaller.waitMs(subject)
      if (waitMs > 0) return tooOften('with this credential', limits.maxOperationsPerMinute, waitMs)
      ofNetwork.count(sender.network)
      ofCaller.count(subject)
      return undefined
    },
    begin(sender) {
      const subject = subjectOf(sender)
      const most = limits.maxConcurrentOperations
      const count = underWay.get(subject) ?? 0
      if (most > 0 && count >= most) return tooManyUnderWay(most)
      underWay.set(subject, count + 1)
      return () => {
        const left = (underWay.get(subject) ?? 1) - 1
        if (left > 0) underWay.set(subject, left)
        else underWay.delete(subject)
      }
    },
  }
}

function tooOften(whose: string, most: number, waitMs: number): GatewayError {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000))
  return rateLimited(
    `There were too many operations ${whose}: ${most} in a minute is the most. Wait ${retryAfter} s, and subscribe to what you ask for again and again.`,
    { retryAfter },
  )
}

const tooManyUnderWay = (most: number) =>
  rateLimited(
    `You have ${most} queries and mutations under way, and that is the most. Wait for answers before you ask for more.`,
    { retryAfter: concurrencyRetrySeconds },
  )

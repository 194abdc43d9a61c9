import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { rateLimited } from '../core/errors.ts'
import { networkOf } from '../core/network.ts'

/** How many attempts of one user are passed on in a window: fewer than Vault takes (API limits: 20 in its example). */
const maxAttemptsPerUser = 10

/** How many attempts from one address are passed on in a window. Several people may share one. */
const maxAttemptsPerAddress = 30

/** The length of a window, which begins with the first attempt, in seconds. */
const attemptWindowSeconds = 60

/** Counts attempts to sign in, whatever becomes of them. */
export interface SignInAttempts {
  /** @throws GatewayError RATE_LIMITED with the seconds to wait */
  count(username: string, clientAddress: string): Promise<void>
}

/**
 * Makes the counters of one gateway. What they remember is bounded by the window and by what one address may try: that of
 * the address is looked at first.
 */
export function createSignInAttempts(): SignInAttempts {
  const duration = attemptWindowSeconds
  const ofAddress = new RateLimiterMemory({ points: maxAttemptsPerAddress, duration })
  const ofUser = new RateLimiterMemory({ points: maxAttemptsPerUser, duration })
  return {
    async count(username, clientAddress) {
      await consume(ofAddress, networkOf(clientAddress), 'from this address')
      await consume(ofUser, username.normalize('NFKC').trim().toLowerCase(), 'of this user')
    },
  }
}

async function consume(limiter: RateLimiterMemory, key: string, whose: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    const retryAfter = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
    throw rateLimited(`There were too many attempts to sign in ${whose}. Wait ${retryAfter} s.`, {
      retryAfter,
    })
  }
}

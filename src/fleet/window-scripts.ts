import { scriptOf } from './redis-connection.ts'

/**
 * KEYS: window, what this caller saw. ARGV: milliseconds, who claims it. Returns nothing where the window is theirs now; else what is left of
 * it in milliseconds, and what was seen.
 */
export const claimWindow = scriptOf(`
if redis.call('SET', KEYS[1], ARGV[2], 'NX', 'PX', ARGV[1]) then return {} end
return { redis.call('PTTL', KEYS[1]), redis.call('GET', KEYS[2]) }
`)

/** KEYS: window, what this caller saw. ARGV: milliseconds, who has claimed it, what it saw, if anything. */
export const settleWindow = scriptOf(`
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
if ARGV[3] then redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[1]) end
`)

/** KEYS: window. ARGV: who has claimed it. Where it has run out meanwhile, it may be somebody else's. */
export const releaseWindow = scriptOf(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`)

/** KEYS: what was seen. */
export const forgetSeen = scriptOf(`redis.call('DEL', KEYS[1])`)

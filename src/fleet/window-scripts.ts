import { scriptOf } from './redis-connection.ts'

/**
 * KEYS: window, what this caller saw. ARGV: milliseconds. Returns nothing where the window is theirs now; else what is left of
 * it in milliseconds, and what was seen.
 */
export const claimWindow = scriptOf(`
if redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1]) then return {} end
return { redis.call('PTTL', KEYS[1]), redis.call('GET', KEYS[2]) }
`)

/** KEYS: window, what this caller saw. ARGV: milliseconds, what it saw. */
export const settleWindow = scriptOf(`
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[1])
`)

/** KEYS: a window, or what was seen. */
export const deleteKey = scriptOf(`redis.call('DEL', KEYS[1])`)

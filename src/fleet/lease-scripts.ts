import { scriptOf } from './redis-connection.ts'

/**
 * KEYS: lease. ARGV: who, milliseconds. Returns the number of the new term; 0 where another one leads. It is the server's time
 * in microseconds: a counter would begin anew where the server comes back empty.
 */
export const claimLease = scriptOf(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local time = redis.call('TIME')
return tonumber(time[1]) * 1000000 + tonumber(time[2])
`)

/** KEYS: lease. ARGV: who, milliseconds. Returns 1; 0 where it is not theirs any more. */
export const renewLease = scriptOf(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`)

/** KEYS: lease. ARGV: who. Gives the lease up, if it is theirs. */
export const releaseLease = scriptOf(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`)

/** KEYS: lease, channel. ARGV: who, message. Tells it only while the lease is theirs. Returns 1; else 0. */
export const tellUnderLease = scriptOf(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SPUBLISH', KEYS[2], ARGV[2])
return 1
`)

const windowMs = 300_000

/** Vault's burst meter: so many calls of the whole Vault in five minutes (upstream A3). */
export interface BurstMeter {
  limit: number
  /** Counts one call and says how many are left in the running five minutes; never below 0. */
  count(nowMs: number): number
}

/**
 * Makes a meter with Vault's usual limit of 2000. Past it the sandbox only says 0: the delay that a real
 * Vault then adds is a fault that a test scripts.
 */
export function createBurstMeter(): BurstMeter {
  let windowStartMs = Number.NEGATIVE_INFINITY
  let used = 0
  const meter: BurstMeter = {
    limit: 2000,
    count(nowMs) {
      if (nowMs - windowStartMs >= windowMs) {
        windowStartMs = nowMs
        used = 0
      }
      used += 1
      return Math.max(0, meter.limit - used)
    },
  }
  return meter
}

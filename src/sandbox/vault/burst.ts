const windowMs = 300_000

/** Vault's burst limit, as a test sets it. */
export interface SandboxBurst {
  /** How many calls Vault answers without delay in five minutes. 2000 at first. */
  limit: number
  /** How many are left in the running five minutes. A test that sets it stands for what Vault's other clients did. */
  remaining: number
  /**
   * The delay in milliseconds that answers tell once nothing is left. 0, as at first: they tell none. The delay itself is a
   * fault that a test scripts.
   */
  responseDelayMs: number
}

/** Vault's burst meter: so many calls of the whole Vault in five minutes (Vault Help, API limits). */
export interface BurstMeter extends SandboxBurst {
  /** Counts one call, and gives the headers that tell of it. */
  count(): Record<string, string>
}

/** Makes a meter with Vault's usual limit of 2000. */
export function createBurstMeter(now: () => number): BurstMeter {
  let windowStartMs = Number.NEGATIVE_INFINITY
  let used = 0
  const startWindow = () => {
    if (now() - windowStartMs < windowMs) return
    windowStartMs = now()
    used = 0
  }
  const meter: BurstMeter = {
    limit: 2000,
    responseDelayMs: 0,
    get remaining() {
      startWindow()
      return Math.max(0, meter.limit - used)
    },
    set remaining(calls) {
      startWindow()
      used = meter.limit - calls
    },
    count() {
      startWindow()
      used += 1
      const { limit, remaining, responseDelayMs } = meter
      return {
        'X-VaultAPI-BurstLimit': String(limit),
        'X-VaultAPI-BurstLimitRemaining': String(remaining),
        ...(remaining === 0 && responseDelayMs > 0
          ? { 'X-VaultAPI-ResponseDelay': String(responseDelayMs) }
          : {}),
      }
    },
  }
  return meter
}

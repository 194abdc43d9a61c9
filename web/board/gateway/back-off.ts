const longestMs = 30_000

/** Waits about a second, and twice as long after each further failure, up to half a minute: for ever, but in peace. */
export function backOff(retries: number): Promise<void> {
  const waitMs = Math.min(longestMs, 1000 * 2 ** retries) * (0.5 + Math.random() / 2)
  return new Promise((resolve) => setTimeout(resolve, waitMs))
}

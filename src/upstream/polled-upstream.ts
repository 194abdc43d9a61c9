/** How an upstream wants to be polled, at present. */
export interface PolledUpstream {
  /** How many times longer than usual the intervals are to be; 1 is full pace. */
  stretch(): number
  /** How much more than that it wants between two calls, in milliseconds. */
  extraWaitMs(): number
  /** Whether what is left is for those who wait for an answer, so that looks which nobody waits for are put off. */
  isShort(): boolean
  /** Calls back when the upstream answers again after it was left alone. */
  onRecovered(listener: () => void): void
}

/** An upstream that has nothing against the usual pace. */
export const patientUpstream: PolledUpstream = {
  stretch: () => 1,
  extraWaitMs: () => 0,
  isShort: () => false,
  onRecovered() {},
}

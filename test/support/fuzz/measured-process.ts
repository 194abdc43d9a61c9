/**
 * Loaded into a gateway with `--import`: at SIGUSR2 it collects garbage and writes a line with what is left to standard error.
 */
import { setTimeout as later } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('SIGUSR2', () => {
    collect().then(() => {
      const { heapUsed, external, arrayBuffers } = process.memoryUsage()
      const usedBytes = heapUsed + external + arrayBuffers
      process.stderr.write(
        `measured ${JSON.stringify({ usedBytes, handles: process.getActiveResourcesInfo() })}\n`,
      )
    })
  })
}

/** What finalizers let go of is collected the time after. */
async function collect(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.()
    await later(10)
  }
}

import { readFileSync } from 'node:fs'
import type { Gateway } from './gateway.ts'

/** What a gateway grows by, in bytes, through garbage that is not collected yet; it stays so however much goes through. */
export const garbageBytes = 192 * 2 ** 20

/** The most memory that the gateway's process ever had, in bytes (proc(5), VmHWM). NaN where there is no `/proc`. */
export function peakMemoryBytes({ process }: Pick<Gateway, 'process'>): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${process.pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

/**
 * Waits until bytes have ceased to move: through fifty answers of the gateway, each a turn of both event loops.
 *
 * @param look how many have moved up to now
 * @returns how many have moved in the end
 */
export async function standstill({ url }: Pick<Gateway, 'url'>, look: () => number): Promise<number> {
  let last = look()
  for (let unchanged = 0; unchanged < 50; unchanged += 1) {
    await (await fetch(`${url}/livez`)).text()
    if (look() !== last) unchanged = 0
    last = look()
  }
  return last
}

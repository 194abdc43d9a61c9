import { readFileSync } from 'node:fs'
import { ticksPerSecond } from './machine.ts'

/** A server whose processor time is known. */
interface Measured {
  cpuMs(): number
}

/**
 * Begins to watch what else the machine does, beside this process and a server.
 *
 * @returns a function that tells how much of one core others have used since, such as 0.5 for half of one. Interrupts
 * count for nobody, since most of them are the load's.
 */
export function watchOthers(server: Measured): () => number {
  const othersMs = () => busyMs() - ownMs() - server.cpuMs()
  const [beganAtMs, beforeMs] = [performance.now(), othersMs()]
  return () => (othersMs() - beforeMs) / (performance.now() - beganAtMs)
}

function ownMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The time that all cores have worked for programs, the kernel or other machines on the same host (proc(5)). */
function busyMs(): number {
  const [, user, nice, system, , , , , steal] = readFileSync('/proc/stat', 'utf8').split(/\s+/, 9).map(Number)
  const ticks = (user ?? 0) + (nice ?? 0) + (system ?? 0) + (steal ?? 0)
  return (ticks * 1000) / ticksPerSecond
}

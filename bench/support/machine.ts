import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'

/** The core that a measured server has to itself. */
export const serverCore = 0

/** The core of everything else: the load and the upstream. */
export const loadCore = 1

/** In how many ticks of a second `/proc` tells processor time; the same on every machine (`getconf CLK_TCK`). */
export const ticksPerSecond = 100

/** Room for files, pipes and calls to the upstream beside the sockets of subscribers. */
const spareFiles = 500

/**
 * Moves this process to the core of the load, and checks that the machine can do what is measured.
 *
 * @param sockets how many sockets one process will have open
 * @throws Error that says what is missing
 */
export function prepareMachine(sockets: number): void {
  if (process.platform !== 'linux' || availableParallelism() < 2) {
    throw new Error('The benchmarks need Linux with two cores: one for the server, one for the load.')
  }
  const maxFiles = maxOpenFiles()
  if (maxFiles < sockets + spareFiles) {
    throw new Error(
      `${sockets} subscribers need ${sockets + spareFiles} open files, and this shell allows ${maxFiles}. ` +
        `Raise it with \`ulimit -n ${sockets + spareFiles}\`, or ask for fewer with --subscribers.`,
    )
  }
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(loadCore), String(process.pid)])
}

/** The machine in a few words, such as `2 cores (AMD EPYC), 23 GB, Linux, Node v24.21.0`. */
export function machine(): string {
  const [, memoryKb = '0'] = /^MemTotal: +(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? []
  const cores = `${cpus().length} cores (${cpus()[0]?.model.trim()})`
  return `${cores}, ${Math.floor(Number(memoryKb) / 1024 ** 2)} GB, Linux, Node ${process.version}`
}

/** Node raises the soft limit to the hard one when it starts. */
function maxOpenFiles(): number {
  const [, soft = '0'] = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
}

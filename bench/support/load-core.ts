import { readFileSync } from 'node:fs'
import { ticksPerSecond } from './machine.ts'

/** How long the programs that this process started have worked, those that have ended, in milliseconds. */
export function endedProgramsCpuMs(): number {
  // cutime and cstime are the 14th and 15th field behind the name of the program (proc(5)).
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? []
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / ticksPerSecond
}

/** How long this process and those programs have worked, in milliseconds. */
export function loadCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000 + endedProgramsCpuMs()
}

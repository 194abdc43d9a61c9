import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import packageJson from '../../package.json' with { type: 'json' }
import type { Census } from './census.ts'
import { serverCore, ticksPerSecond } from './machine.ts'

const root = new URL('../../', import.meta.url)

/** Settings of a gateway that the shell of whoever measures may have set. */
const settingNames =
  /^(HOST|PORT|VAULT_|FELDERA_|POLL_|JOB_|UPSTREAM_|PUBLIC_URL|ALLOWED_|GATEWAY_|REDIS_|LOG_LEVEL|NODE_|MAX_|IDLE_|SLOW_|SESSION_|INTROSPECTION|TRUSTED_|OTEL_|GRAPHIQL|BOARD)/

/** One credential and one address send what takes thousands of users. What the rates cost is measured all the same. */
const withoutRates = {
  MAX_OPERATIONS_PER_MINUTE: '1000000000',
  MAX_OPERATIONS_PER_MINUTE_PER_ADDRESS: '1000000000',
  MAX_CONCURRENT_OPERATIONS: '1000000',
}

/** Those of `npm start`, but for the file of settings: what is measured has its own. */
const startFlags = packageJson.scripts.start
  .split(' ')
  .filter((word) => word.startsWith('--') && !word.startsWith('--env-file'))

/** How often the garbage is collected before memory is read: what one pass frees may let go of more. */
const collections = 3

/** How long the server may give memory back to the system after a collection, in milliseconds. */
const afterCollectionMs = 300

/** A server that is measured, in a process with a core of its own. */
export interface ServerProcess extends AsyncDisposable {
  /** Such as `ws://127.0.0.1:40123/graphql`. */
  readonly url: string
  /** Resident memory after its garbage was collected, in bytes. */
  residentBytes(): Promise<number>
  /** Resident memory as it is, garbage included, in bytes. */
  residentNowBytes(): number
  /** The most resident memory that it has had up to now, in bytes. */
  peakBytes(): number
  /** For how long its event loop has stood still at most since this was last asked, in milliseconds. At first 0. */
  longestBlockMs(): Promise<number>
  /** What it holds. Not to be asked while something is measured. */
  census(): Promise<Census>
  /** The warnings of Node that came up to now, such as that of too many listeners. */
  warnings(): Promise<readonly string[]>
  /** Its open sockets, those that listen and those to upstreams included. */
  openSockets(): number
  /** The time that it has spent on its core up to now, in milliseconds. */
  cpuMs(): number
}

/** How a server is run. */
export interface LaunchOptions {
  /** As `taskset` takes them. Default: the one core of measured servers. */
  readonly cores?: string
  /** Those of Node, beside what measuring takes. Default: those with which `npm start` runs the gateway. */
  readonly flags?: readonly string[]
}

/**
 * Starts a server and waits until it says `ready: http://…/graphql` on standard output.
 *
 * @param entry the file to run, from the repository's root
 * @throws Error with what it wrote to standard error, where it ends before
 */
export async function startServerProcess(
  entry: string,
  env: Readonly<Record<string, string>>,
  { cores = String(serverCore), flags = startFlags }: LaunchOptions = {},
): Promise<ServerProcess> {
  const child = launch(entry, env, { cores, flags })
  const pid = child.pid ?? 0
  const exited = once(child, 'exit')
  const url = await Promise.race([announcedUrl(child), exited.then(() => endedEarly(entry))])
  const ask = async (request: string) => {
    const answered = once(child, 'message')
    child.send(request)
    const [answer] = await Promise.race([answered, exited.then(() => endedEarly(entry))])
    return answer
  }
  const memory = (name: string) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024
  }
  return {
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    async residentBytes() {
      for (let pass = 0; pass < collections; pass += 1) {
        await ask('collect')
        await sleep(afterCollectionMs)
      }
      return memory('VmRSS')
    },
    residentNowBytes: () => memory('VmRSS'),
    peakBytes: () => memory('VmHWM'),
    longestBlockMs: () => ask('longest block'),
    census: () => ask('census'),
    warnings: () => ask('warnings'),
    openSockets: () =>
      readdirSync(`/proc/${pid}/fd`).filter((name) => isSocket(`/proc/${pid}/fd/${name}`)).length,
    cpuMs() {
      // The fields behind the name of the program, which may have spaces: user and system time are the 12th and 13th.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
    },
    async [Symbol.asyncDispose]() {
      // A stop that lets clients go on is not what is measured.
      child.kill('SIGKILL')
      await exited
    },
  }
}

function isSocket(descriptor: string): boolean {
  try {
    return readlinkSync(descriptor).startsWith('socket:')
  } catch {
    return false
  }
}

function launch(
  entry: string,
  env: Readonly<Record<string, string>>,
  { cores, flags }: Required<LaunchOptions>,
): ChildProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !settingNames.test(name)),
  )
  const hook = new URL('measured.ts', import.meta.url).href
  const command = [process.execPath, ...flags, '--expose-gc', '--import', hook, entry]
  return spawn('taskset', ['--cpu-list', cores, ...command], {
    cwd: root,
    env: { ...inherited, PORT: '0', LOG_LEVEL: 'silent', ...withoutRates, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
}

async function announcedUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no standard output')
  for await (const line of createInterface({ input: stdout })) {
    const [, url] = /ready: (http:\/\/\S+?)\/graphql/.exec(line) ?? []
    if (url === undefined) continue
    stdout.resume()
    return url
  }
  return new Promise(() => {})
}

function endedEarly(entry: string): never {
  throw new Error(`${entry} ended by itself. What it said is above.`)
}

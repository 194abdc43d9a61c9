import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'

const root = new URL('../../', import.meta.url)

/** How to start a gateway. */
export interface GatewayOptions {
  /** Settings beside the defaults of tests: a free port, no log. */
  readonly env?: Readonly<Record<string, string>>
  /** The upstreams that it calls. Left out: its own sandbox. */
  readonly sandbox?: Pick<Sandbox, 'vault' | 'feldera'>
}

/** A line of the log, by what stands in it. */
export type LogLine = Readonly<Record<string, unknown>>

/** A gateway in a process of its own. */
export interface Gateway extends AsyncDisposable {
  readonly url: string
  readonly process: ChildProcess
  /** What it printed on standard output up to now. */
  stdout(): string
  /**
   * What it printed on standard error, which is its log, up to now. The log comes by another way than answers, and later: what
   * is not in it can be told after {@link Gateway.stop} alone.
   */
  stderr(): string
  /**
   * Resolves with the first line of its log that fits, when it has come.
   *
   * @throws where it ends without such a line
   */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine>
  /** Ends it; resolves with the exit code when it has ended, and all that it printed is there. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** What a gateway that could not start has left. */
export interface FailedStart {
  readonly code: number | null
  readonly stderr: string
}

const settingNames =
  /^(HOST|PORT|VAULT_|FELDERA_|POLL_|JOB_|UPSTREAM_|PUBLIC_URL|ALLOWED_|GATEWAY_|REDIS_|LOG_LEVEL|NODE_ENV|MAX_|IDLE_|SLOW_|SESSION_|TRUSTED_|OTEL_|INTROSPECTION|GRAPHIQL|BOARD)/

function launch({ env, sandbox }: GatewayOptions) {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !settingNames.test(name)),
  )
  const upstreams =
    sandbox === undefined ? {} : { VAULT_URL: sandbox.vault.url, FELDERA_URL: sandbox.feldera.url }
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: root,
    env: { ...inherited, PORT: '0', LOG_LEVEL: 'silent', ...upstreams, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text
  })
  // Not `exit`, which may come before the last that was printed. It is told once, so it is listened for from the start on.
  const closed = once(child, 'close')
  return { child, printed, closed }
}

/** Starts a gateway as a user does, and waits until it says where it listens. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { child, printed, closed } = launch(options)
  const url = await firstSeen(child.stdout, closed, () => announcedUrl(printed.stdout))
  if (url === undefined) throw new Error(`the gateway ended before it listened: ${printed.stderr}`)
  const logged = async (fits: (line: LogLine) => boolean) => {
    const line = await firstSeen(child.stderr, closed, () => logLines(printed.stderr).find(fits))
    if (line === undefined) throw new Error(`the gateway ended without such a line: ${printed.stderr}`)
    return line
  }
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    await closed
    return child.exitCode
  }
  return {
    url,
    process: child,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    logged,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

/** Starts a gateway that is expected to refuse its settings. */
export async function failToStart(env: Readonly<Record<string, string>>): Promise<FailedStart> {
  const { child, printed, closed } = launch({ env })
  await closed
  return { code: child.exitCode, stderr: printed.stderr }
}

/** Looks now and whenever more is printed; resolves with undefined where the process ends before anything is seen. */
async function firstSeen<Seen>(
  printing: Readable,
  closed: Promise<unknown>,
  look: () => Seen | undefined,
): Promise<Seen | undefined> {
  for (;;) {
    const seen = look()
    if (seen !== undefined) return seen
    const isMore = await Promise.race([once(printing, 'data').then(() => true), closed.then(() => false)])
    if (!isMore) return look()
  }
}

const announcedUrl = (stdout: string) =>
  /^Vaultline is ready: (http:\/\/\S+?)\/graphql.*\n/m.exec(stdout)?.[1]

const logLines = (stderr: string) =>
  stderr
    .split('\n')
    // The last one may not be whole yet.
    .slice(0, -1)
    // Node's own warnings are no JSON.
    .filter((line) => line.startsWith('{'))
    .map((line): LogLine => JSON.parse(line))

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'

const root = new URL('../../', import.meta.url)

/** How to start a gateway. */
export interface GatewayOptions {
  /** Settings beside the defaults of tests: a free port, no log. */
  readonly env?: Readonly<Record<string, string>>
  /** The upstreams that it calls. Left out: its own sandbox. */
  readonly sandbox?: Pick<Sandbox, 'vault' | 'feldera'>
}

/** A gateway in a process of its own. */
export interface Gateway extends AsyncDisposable {
  readonly url: string
  readonly process: ChildProcess
  /** What it printed on standard output up to now. */
  stdout(): string
  /** What it printed on standard error, which is its log, up to now. */
  stderr(): string
  /** Ends it; resolves with the exit code when it has ended. */
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
  return { child, printed }
}

/** Starts a gateway as a user does, and waits until it says where it listens. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { child, printed } = launch(options)
  const url = await Promise.race([
    announcedUrl(child),
    once(child, 'exit').then(() => {
      throw new Error(`the gateway ended before it listened: ${printed.stderr}`)
    }),
  ])
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    }
    return child.exitCode
  }
  return {
    url,
    process: child,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

/** Starts a gateway that is expected to refuse its settings. */
export async function failToStart(env: Readonly<Record<string, string>>): Promise<FailedStart> {
  const { child, printed } = launch({ env })
  const [code] = await once(child, 'close')
  return { code, stderr: printed.stderr }
}

async function announcedUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no standard output')
  for await (const line of createInterface({ input: stdout })) {
    const [, url] = /^Vaultline is ready: (http:\/\/\S+?)\/graphql/.exec(line) ?? []
    if (url !== undefined) return url
  }
  throw new Error('the gateway did not say where it listens')
}

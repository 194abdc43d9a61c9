import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

const { REDIS_SERVER_PATH, CI } = process.env

const usualPaths = [
  '/usr/bin/valkey-server',
  '/usr/bin/redis-server',
  '/usr/local/bin/valkey-server',
  '/usr/local/bin/redis-server',
  '/opt/homebrew/bin/redis-server',
]

const executable = [REDIS_SERVER_PATH, ...usualPaths].find((path) => path !== undefined && existsSync(path))

/**
 * Why tests that need a Redis cannot run here, or `false` where they can: the `skip` option of their suite. On CI they are not
 * skipped: there {@link startRedis} fails instead.
 */
export const redisMissing =
  executable === undefined && CI === undefined
    ? `NO REDIS: set REDIS_SERVER_PATH, or install redis-server or valkey-server at ${usualPaths[1]}`
    : false

/** A server of the Redis protocol, in a process of its own, empty and without a disk. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Ends it: from now on connections are refused. */
  stop(): Promise<void>
  /** Starts it anew on the same port, empty. */
  start(): Promise<void>
  /** Lets it stand still, as a partition would: connections stay, and nothing is answered. */
  pause(): void
  resume(): void
}

/**
 * Starts a server on a free port.
 *
 * @throws where none was found
 */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  let server: ChildProcess | undefined
  const start = async () => {
    server = await launched(port)
  }
  const stop = async () => {
    const running = server
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    running.kill('SIGKILL')
    await exited
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    stop,
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    [Symbol.asyncDispose]: stop,
  }
}

async function launched(port: number): Promise<ChildProcess> {
  if (executable === undefined)
    throw new Error(`No redis-server at REDIS_SERVER_PATH, nor at ${usualPaths.join(', ')}`)
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server = spawn(executable, settings, { stdio: ['ignore', 'pipe', 'inherit'] })
  if (server.stdout === null) throw new Error('no standard output')
  for await (const line of createInterface({ input: server.stdout })) {
    if (/ready to accept connections/i.test(line)) {
      server.stdout.resume()
      return server
    }
  }
  throw new Error(`the server at port ${port} ended before it was ready`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createClient } from '@redis/client'
import { freePort } from './free-port.ts'

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

/** How to start a server. */
export interface RedisOptions {
  /** Default: a free one. */
  readonly port?: number
  /** What its command line has beside port and address. */
  readonly parameters?: readonly string[]
}

/**
 * Starts a server.
 *
 * @throws where none was found
 */
export async function startRedis({
  port: givenPort,
  parameters = [],
}: RedisOptions = {}): Promise<RedisServer> {
  const port = givenPort ?? (await freePort())
  let server: ChildProcess | undefined
  const start = async () => {
    server = await launched(port, parameters)
  }
  const stop = async () => {
    if (server !== undefined) await ended(server)
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

/** Where the certificate is that a server with TLS shows. */
export const tlsCertificate = fileURLToPath(new URL('tls/certificate.pem', import.meta.url))

/** Starts a server on a free port that speaks TLS alone, and wants a password. Its address has it. */
export async function startTlsRedis(): Promise<{ readonly url: string } & AsyncDisposable> {
  const port = await freePort()
  const key = fileURLToPath(new URL('tls/key.pem', import.meta.url))
  const server = await launched(0, [
    ...['--tls-port', String(port), '--tls-cert-file', tlsCertificate, '--tls-key-file', key],
    ...['--tls-auth-clients', 'no', '--requirepass', 'a-password'],
  ])
  return {
    url: `rediss://:a-password@127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => ended(server),
  }
}

/** Servers of one cluster. */
export interface RedisCluster extends AsyncDisposable {
  /** Of some of them: a client finds the others by itself. */
  readonly urls: readonly [string, string]
}

/**
 * Starts a cluster of three servers, with the slots divided among them.
 *
 * @throws where no server was found, or they do not come together
 */
export async function startRedisCluster(): Promise<RedisCluster> {
  const ports = [await freePort(), await freePort(), await freePort()] as const
  const folder = await mkdtemp(join(tmpdir(), 'redis-cluster-'))
  const busPorts = [await freePort(), await freePort(), await freePort()] as const
  const starts = await Promise.allSettled(
    ports.map((port, index) =>
      launched(port, [
        ...['--cluster-enabled', 'yes', '--cluster-config-file', join(folder, `${port}.conf`)],
        ...['--cluster-port', String(busPorts[index])],
      ]),
    ),
  )
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  const failure = starts.find((start) => start.status === 'rejected')
  if (failure !== undefined) {
    await Promise.all(servers.map(ended))
    throw failure.reason
  }
  const clients = await Promise.all(
    ports.map((port) => createClient({ url: `redis://127.0.0.1:${port}` }).connect()),
  )
  const share = Math.ceil(slotCount / ports.length)
  for (const [index, client] of clients.entries()) {
    await client.clusterAddSlotsRange({
      start: index * share,
      end: Math.min(slotCount, (index + 1) * share) - 1,
    })
    await client.sendCommand(['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)])
    const meet = ['CLUSTER', 'MEET', '127.0.0.1', String(ports[0]), String(busPorts[0])]
    if (index > 0) await client.sendCommand(meet)
  }
  const isWhole = async () =>
    (await Promise.all(clients.map((client) => client.clusterInfo()))).every((info) =>
      /cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(String(info)),
    )
  while (!(await isWhole()));
  for (const client of clients) client.destroy()
  return {
    urls: [`redis://127.0.0.1:${ports[0]}`, `redis://127.0.0.1:${ports[1]}`],
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map(ended))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** How many slots a cluster has (Redis cluster specification, Key distribution model). */
const slotCount = 16_384

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exited = once(server, 'exit')
  server.kill('SIGKILL')
  await exited
}

async function launched(port: number, more: readonly string[] = []): Promise<ChildProcess> {
  if (executable === undefined)
    throw new Error(`No redis-server at REDIS_SERVER_PATH, nor at ${usualPaths.join(', ')}`)
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    ...more,
  ]
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

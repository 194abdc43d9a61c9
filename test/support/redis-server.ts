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

/** One server of a cluster, which a test may end. */
export interface ClusterServer {
  readonly url: string
  /** Ends it, and the others do not know. */
  stop(): Promise<void>
  /** Starts it anew, in its old place. */
  start(): Promise<void>
}

/** Servers of one cluster. */
export interface RedisCluster extends AsyncDisposable {
  /** Of some of them: a client finds the others by itself. */
  readonly urls: readonly [string, string]
  /** Who is responsible for a key or a channel. */
  serverOf(key: string): Promise<ClusterServer>
  /** Lets all others forget a server: nobody is responsible any more for what it was. */
  forget(server: ClusterServer): Promise<void>
  /**
   * Hands what is in the slot of a key on to another server, to one that is not `except`. The one that had it knows first, and sends
   * all there; until `meanwhile` has ended, the other one sends all back.
   */
  move(key: string, meanwhile: () => Promise<void>, except?: ClusterServer): Promise<void>
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
  const launch = (index: number) =>
    launched(ports[index] ?? 0, [
      ...['--cluster-enabled', 'yes', '--cluster-config-file', join(folder, `${ports[index]}.conf`)],
      // The rest goes on where one is missing.
      ...['--cluster-port', String(busPorts[index]), '--cluster-require-full-coverage', 'no'],
    ])
  const starts = await Promise.allSettled(ports.map((_, index) => launch(index)))
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
      ['cluster_state:ok', `cluster_slots_assigned:${slotCount}\r`, 'cluster_known_nodes:3\r'].every((line) =>
        String(info).includes(line),
      ),
    )
  while (!(await isWhole()));
  const ids = await Promise.all(clients.map(async (client) => String(await client.clusterMyId())))
  for (const client of clients) client.destroy()

  const asked = async (port: number | undefined, ...command: readonly string[]) => {
    const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect()
    const answer = await client.sendCommand(['CLUSTER', ...command])
    client.destroy()
    return answer
  }
  const members: readonly ClusterServer[] = ports.map((port, index) => ({
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      const server = servers[index]
      if (server !== undefined) await ended(server)
    },
    async start() {
      servers[index] = await launch(index)
    },
  }))
  const moved = new Map<string, number>()
  const placeOf = async (slot: string) => moved.get(slot) ?? Math.floor(Number(slot) / share)
  const slotOf = async (key: string) => {
    const running = servers.findIndex(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
    return String(await asked(ports[running], 'KEYSLOT', key))
  }
  const serverAt = (place: number) => {
    const server = members[place]
    if (server === undefined) throw new Error(`no server at ${place}`)
    return server
  }
  return {
    urls: [`redis://127.0.0.1:${ports[0]}`, `redis://127.0.0.1:${ports[1]}`],
    serverOf: async (key) => serverAt(await placeOf(await slotOf(key))),
    async forget(server) {
      const place = members.indexOf(server)
      for (const [index, port] of ports.entries())
        if (index !== place) await asked(port, 'FORGET', String(ids[place]))
    },
    async move(key, meanwhile, except) {
      const slot = await slotOf(key)
      const from = await placeOf(slot)
      const to = members.findIndex((server, index) => index !== from && server !== except)
      const hand = (place: number) => asked(ports[place], 'SETSLOT', slot, 'NODE', String(ids[to]))
      await hand(from)
      await meanwhile()
      await hand(to)
      moved.set(slot, to)
    },
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

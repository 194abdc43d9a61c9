import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const { HAPROXY_PATH, CI } = process.env

const usualPaths = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy', '/opt/homebrew/bin/haproxy']

const executable = [HAPROXY_PATH, ...usualPaths].find((path) => path !== undefined && existsSync(path))

/**
 * Why tests that need HAProxy cannot run here, or `false` where they can: the `skip` option of their suite. On CI they are not
 * skipped: there {@link startHaproxy} fails instead.
 */
export const haproxyMissing =
  executable === undefined && CI === undefined
    ? `NO HAPROXY: set HAPROXY_PATH, or install haproxy at ${usualPaths[0]}`
    : false

/** The load balancer of docker-compose.yml, in a process of its own. */
export interface LoadBalancer extends AsyncDisposable {
  stop(): Promise<void>
}

const configuration = fileURLToPath(new URL('../../ops/compose/haproxy.cfg', import.meta.url))

/**
 * Starts HAProxy with the configuration of docker-compose.yml, and waits until it listens.
 *
 * @param environment what the configuration leaves open: LISTEN, GATEWAY_ONE and GATEWAY_TWO
 * @throws where none was found, or it does not take the configuration
 */
export async function startHaproxy(environment: Readonly<Record<string, string>>): Promise<LoadBalancer> {
  if (executable === undefined) throw new Error(`No haproxy at HAPROXY_PATH, nor at ${usualPaths.join(', ')}`)
  const folder = await mkdtemp(join(tmpdir(), 'vaultline-haproxy-'))
  const pidFile = join(folder, 'pid')
  // As a daemon, since that ends in the foreground when it listens.
  const starting = spawn(executable, ['-D', '-f', configuration, '-p', pidFile], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const told = text(starting.stderr)
  const [code] = await once(starting, 'exit')
  if (code !== 0) throw new Error(`HAProxy did not start: ${await told}`)
  const pid = Number(await readFile(pidFile, 'utf8'))
  await rm(folder, { recursive: true })
  const stop = async () => void process.kill(pid, 'SIGTERM')
  return { stop, [Symbol.asyncDispose]: stop }
}

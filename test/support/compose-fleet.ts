import { composeFile } from './compose-file.ts'
import { dockerStages } from './dockerfile.ts'
import { freePort } from './free-port.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { startHaproxy } from './haproxy.ts'
import { startRedis } from './redis-server.ts'
import { startSandboxProcess } from './sandbox-process.ts'

/** The services of docker-compose.yml, each as a process of this machine. */
export interface ComposeFleet extends AsyncDisposable {
  /** The load balancer: the fleet's one address. */
  readonly url: string
  /** The replicas, each with an address of its own. */
  readonly replicas: readonly [Gateway, Gateway]
}

/** What a service of the file listens on, in the network of the file. */
const listeners = ['sandbox:8081', 'sandbox:8082', 'valkey:6379', 'gateway-1:4000', 'gateway-2:4000'] as const

/**
 * Starts what docker-compose.yml says, with its commands and its environment. What differs is where things are: each name with
 * its port becomes a free port of this machine, and the network the loopback one.
 */
export async function startComposeFleet(): Promise<ComposeFleet> {
  const { services, networks } = composeFile()
  const places = new Map<string, number>()
  for (const listener of listeners) places.set(listener, await freePort())
  const portOf = (listener: (typeof listeners)[number]) => String(places.get(listener))
  const published = await freePort()

  const here = (text: string) =>
    [...places]
      .reduce((done, [listener, port]) => done.replaceAll(listener, `127.0.0.1:${port}`), text)
      .replaceAll(networks.default.ipam.config[0].subnet, '127.0.0.0/8')
      .replaceAll('http://127.0.0.1:4000', `http://127.0.0.1:${published}`)
      .replace(/^:4000$/, `127.0.0.1:${published}`)
  const environmentOf = (name: string) =>
    Object.fromEntries(
      Object.entries(services[name]?.environment ?? {}).map(([key, value]) => [key, here(value)]),
    )
  const replica = (name: 'gateway-1' | 'gateway-2') =>
    startGateway({
      env: {
        ...dockerStages().at(-1)?.environment,
        HOST: '127.0.0.1',
        PORT: portOf(`${name}:4000`),
        ...environmentOf(name),
        LOG_LEVEL: 'silent',
      },
    })

  await using started = new AsyncDisposableStack()
  const [, ...valkeyParameters] = services['valkey']?.command ?? []
  started.use(await startRedis({ port: Number(portOf('valkey:6379')), parameters: valkeyParameters }))
  const [, , ...sandboxParameters] = services['sandbox']?.command ?? []
  const sandboxPlaces: Readonly<Record<string, string>> = {
    '--host=0.0.0.0': '--host=127.0.0.1',
    '--vault-port=8081': `--vault-port=${portOf('sandbox:8081')}`,
    '--feldera-port=8082': `--feldera-port=${portOf('sandbox:8082')}`,
  }
  started.use(await startSandboxProcess(sandboxParameters.map((one) => sandboxPlaces[one] ?? one)))
  const replicas = [started.use(await replica('gateway-1')), started.use(await replica('gateway-2'))] as const
  started.use(await startHaproxy(environmentOf('load-balancer')))
  const all = started.move()
  return {
    url: `http://127.0.0.1:${published}`,
    replicas,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

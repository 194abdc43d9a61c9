import { type Gateway, type GatewayOptions, startGateway } from './gateway.ts'

/** The secret of replicas that are given no other one. */
export const gatewaySecret = 'one secret for all replicas'

/** How to start a replica. */
export interface ReplicaOptions extends GatewayOptions {
  /** Of the Redis by which it meets the others. */
  readonly redisUrl: string
}

/** Two gateways that share a Redis, and are in reach of it. */
export interface Fleet extends AsyncDisposable {
  readonly replicas: readonly [Gateway, Gateway]
}

/**
 * Starts a gateway with `REDIS_URL` and `GATEWAY_SECRET`, and waits until its `/readyz` tells nothing that it does without. It
 * listens before it has reached Redis, and up to then it is alone: it grants itself every window, and hears of no write.
 */
export async function startReplica({ redisUrl, env, ...options }: ReplicaOptions): Promise<Gateway> {
  await using started = new AsyncDisposableStack()
  const shared = { REDIS_URL: redisUrl, GATEWAY_SECRET: gatewaySecret }
  const replica = started.use(await startGateway({ ...options, env: { ...shared, ...env } }))
  await probeUntil(replica, (readiness) => !readiness.includes('degraded'))
  started.move()
  return replica
}

/** Starts two replicas with the same settings. They end together. */
export async function startFleet(options: ReplicaOptions): Promise<Fleet> {
  await using started = new AsyncDisposableStack()
  const replicas = [
    started.use(await startReplica(options)),
    started.use(await startReplica(options)),
  ] as const
  const all = started.move()
  return { replicas, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** Asks a gateway for its readiness until something is so, such as that Redis has gone. */
export async function probeUntil(
  { url }: Pick<Gateway, 'url'>,
  isSo: (readiness: string) => boolean,
): Promise<void> {
  while (!isSo(await (await fetch(`${url}/readyz`)).text()));
}

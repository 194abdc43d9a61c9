import { createClient } from '@redis/client'
import { startRedis } from '../../test/support/redis-server.ts'

/** A Redis of the benchmark's own, which tells what it was asked. */
export interface RedisProcess extends AsyncDisposable {
  readonly url: string
  /** How many commands it has processed up to now; those by which this is found out among them. */
  commands(): Promise<number>
}

/**
 * Starts a Redis, or a Valkey, on a free port.
 *
 * @throws Error where none is installed
 */
export async function startRedisProcess(): Promise<RedisProcess> {
  const server = await startRedis()
  const client = createClient({ url: server.url })
  await client.connect()
  return {
    url: server.url,
    async commands() {
      const [, total = '0'] =
        /^total_commands_processed:(\d+)/m.exec(String(await client.info('stats'))) ?? []
      return Number(total)
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
      await server.stop()
    },
  }
}

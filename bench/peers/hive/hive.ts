/**
 * Hive Gateway over a graph made from an OpenAPI document, run from a program as
 * https://the-guild.dev/graphql/hive/docs/gateway/deployment/runtimes/nodejs shows it.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'

// It does not know the word that the other servers take for no log.
process.env['LOG_LEVEL'] = 'error'

const gateway = createGatewayRuntime({
  supergraph: readFileSync(new URL('supergraph.graphql', import.meta.url), 'utf8'),
  transportEntries: { Vault: { location: String(process.env['VAULT_URL']) } },
})
const server = createServer(gateway)
server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  console.log(`Hive Gateway is ready: http://127.0.0.1:${port}/graphql`)
})

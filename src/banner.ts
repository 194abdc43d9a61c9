import type { App } from './app/app.ts'
import type { Settings } from './config.ts'
import { boardPath } from './server/board.ts'
import { graphqlPath } from './server/graphql-route.ts'
import { isLoopback } from './server/host-check.ts'

/** What is told at start: first where the graph is, then what is configured. No secret is in it. */
export function bannerOf({ url, publicUrl, sandbox }: App, settings: Settings): string {
  const lines = [
    `Vaultline is ready: ${url}${graphqlPath}${settings.graphiql ? ' (open it in a browser for GraphiQL)' : ''}`,
    ...(settings.board ? [`  Board    ${url}${boardPath}`] : []),
    ...(publicUrl === url ? [] : [`Its links begin with ${publicUrl}`]),
    ...(sandbox === undefined ? realLines(settings) : sandboxLines(sandbox)),
    ...namesLines(settings),
    ...(settings.gatewaySecrets.length === 0 && sandbox === undefined
      ? [
          'GATEWAY_SECRET is not set: links and sign-ins end with this process, and other replicas do not open them',
        ]
      : []),
    ...(settings.felderaApiKey !== undefined && settings.felderaUrl === undefined
      ? ['FELDERA_API_KEY is set, but not used: there is no FELDERA_URL that it could be for']
      : []),
    ...(settings.redisUrls.length > 0 && settings.gatewaySecrets.length === 0
      ? [
          'REDIS_URL is set, but not GATEWAY_SECRET: nothing is shared with replicas, which have other secrets',
        ]
      : []),
  ]
  return `${lines.join('\n')}\n`
}

function sandboxLines({ vaultUrl, felderaUrl }: NonNullable<App['sandbox']>): readonly string[] {
  return [
    'SANDBOX: the data is made up by this process, and callers without credentials are its demo user',
    `  Vault    ${vaultUrl}`,
    `  Feldera  ${felderaUrl}`,
    'Set VAULT_URL and FELDERA_URL for the real services',
  ]
}

/** Behind a proxy, all requests would be refused, and who has set nothing would have to find out why. */
const namesLines = ({ host, publicUrl, allowedHosts }: Settings): readonly string[] =>
  isLoopback(host) || publicUrl !== undefined || allowedHosts.length > 0
    ? []
    : [
        'Neither PUBLIC_URL nor ALLOWED_HOSTS is set: requests that call the gateway by a name with a dot are refused (421)',
      ]

const realLines = ({ vaultUrl, vaultApiVersion, felderaUrl, felderaApiKey }: Settings): readonly string[] => [
  `  Vault    ${vaultUrl === undefined ? 'not configured (VAULT_URL)' : `${vaultUrl}, API ${vaultApiVersion}`}`,
  `  Feldera  ${felderaUrl ?? 'not configured (FELDERA_URL)'}`,
  ...(vaultUrl === undefined || felderaUrl === undefined
    ? []
    : [
        `  Whose Vault session is good reaches Feldera ${felderaApiKey === undefined ? 'without a credential: FELDERA_API_KEY is not set' : 'with FELDERA_API_KEY'}`,
      ]),
]

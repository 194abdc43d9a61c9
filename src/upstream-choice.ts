import type { Settings } from './config.ts'
import { type GraphiqlTabKeys, placeholderTabKeys } from './server/graphiql-tabs.ts'
import type { AccessRules } from './upstream/access.ts'

/** Which Vault and which Feldera a gateway calls. */
export interface UpstreamChoice {
  readonly vaultUrl: string
  readonly felderaUrl: string
  /** The gateway's own key for this Feldera. The sandbox is given none, whatever the settings say. */
  readonly felderaApiKey: string | undefined
  readonly accessRules: AccessRules
  /** Keys that exist there, for the tabs of GraphiQL. */
  readonly examples: GraphiqlTabKeys
  /** The sandbox's addresses; undefined where the upstreams are real. */
  readonly sandbox: { readonly vaultUrl: string; readonly felderaUrl: string } | undefined
  /** Ends the sandbox, where there is one. */
  stop(): Promise<void>
}

/** A service that is not configured is never called: its callers are refused before (`upstream/access.ts`). */
const unconfiguredUrl = 'http://not-configured.invalid'

/** Takes the upstreams of the settings, or starts the sandbox where there are none. */
export async function chooseUpstreams(settings: Settings): Promise<UpstreamChoice> {
  if (settings.isSandbox) return startedSandbox(settings)
  const { vaultUrl, felderaUrl } = settings
  return {
    vaultUrl: vaultUrl ?? unconfiguredUrl,
    felderaUrl: felderaUrl ?? unconfiguredUrl,
    felderaApiKey: settings.felderaApiKey,
    accessRules: {
      vault: vaultUrl === undefined ? 'not configured' : 'configured',
      feldera: felderaUrl === undefined ? 'not configured' : 'configured',
      demoSession: undefined,
    },
    examples: placeholderTabKeys,
    sandbox: undefined,
    stop: async () => {},
  }
}

async function startedSandbox({ jobStatusWindowMs }: Settings): Promise<UpstreamChoice> {
  // Loaded only here, so that a gateway on real services starts without it.
  const { startSandbox, showcase } = await import('./sandbox/sandbox.ts')
  const sandbox = await startSandbox({ jobStatusWindowMs })
  const { vault, feldera } = sandbox
  return {
    vaultUrl: vault.url,
    felderaUrl: feldera.url,
    felderaApiKey: undefined,
    accessRules: {
      vault: 'configured',
      feldera: 'configured',
      demoSession: vault.demoSessionId,
    },
    examples: {
      jobId: showcase.runningJobId,
      uploadSessionId: showcase.uploadSessionId,
      profilingSessionName: showcase.profilingSessionName,
      pipelineName: showcase.profiledPipelineName,
      username: showcase.otherUsername,
      password: showcase.password,
    },
    sandbox: { vaultUrl: vault.url, felderaUrl: feldera.url },
    stop: () => sandbox.stop(),
  }
}

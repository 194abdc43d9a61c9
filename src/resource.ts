import type { Readable } from 'node:stream'
import type { FailureReport } from './core/failure-report.ts'
import type { Access } from './core/identity.ts'
import type { Loaders, OperationScope } from './core/operation.ts'
import type { SealedLinks } from './core/sealed-links.ts'
import type { Clock } from './core/time.ts'
import type { Bus } from './fleet/bus.ts'
import type { SharedWindowsFactory } from './fleet/shared-windows.ts'
import type { Resolvers } from './generated/resolvers.ts'
import type { BrowserSessions } from './upstream/browser-sessions.ts'
import type { FelderaClient } from './upstream/feldera.ts'
import type { FileStream } from './upstream/file-stream.ts'
import type { CallsSaved } from './upstream/observed-call.ts'
import type { VaultClient } from './upstream/vault.ts'
import type { WatchEvents } from './watch/events.ts'
import type { WorkerPool } from './workers/pool.ts'

/** What the floors below hand to a resource when the gateway starts. */
export interface ResourceFloor {
  readonly vault: VaultClient
  readonly feldera: FelderaClient
  readonly clock: Clock
  /** Makes links that carry what the caller brought, sealed. */
  readonly links: SealedLinks
  /** The sessions of browsers that have signed in. */
  readonly browserSessions: BrowserSessions
  /** Between two looks at what subscribers watch, in milliseconds. */
  readonly pollIntervalMs: number
  /** Vault answers the status of one job once in this time, in milliseconds. */
  readonly jobStatusWindowMs: number
  /** Between the replicas of the gateway. */
  readonly bus: Bus
  /** What may be asked once in a time by all replicas together. */
  readonly sharedWindows: SharedWindowsFactory
  /** Tells the operator of a failure that no client sees, such as one that a watch goes on after. */
  readonly reportFailure: FailureReport
  /** Told of upstream calls that were not needed. */
  readonly saved: CallsSaved
  /** Told of what is watched. */
  readonly watchEvents: WatchEvents
  /** Threads for what would block the main one, such as reading a large file. */
  readonly workers: WorkerPool
}

/** A route that streams files. */
export interface Download {
  /** The route in Fastify's form, such as `/samply-profiles/:pipelineName`. */
  readonly route: string
  /** Whose credential it takes. */
  readonly service: 'vault' | 'feldera'
  /** True: shown where it is opened, as a picture in which nothing may run. Default: it is saved as a file. */
  readonly isPicture?: boolean
  /**
   * The one file that a request means. Called before the credential is known.
   *
   * @throws GatewayError BAD_USER_INPUT
   */
  fileAt(parameters: Readonly<Record<string, string>>, query: Readonly<Record<string, unknown>>): DownloadFile
}

/** One file of a {@link Download}. */
export interface DownloadFile {
  /** Path and query that its links have; a sealed token is good for exactly this. */
  readonly link: string
  /** @throws GatewayError NOT_FOUND where there is no such file, or what the upstream fails with */
  open(access: Access, signal: AbortSignal): Promise<FileStream>
}

/** A route that streams the body of a request to an upstream. */
export interface Upload {
  /** The route in Fastify's form, such as `/upload-sessions/:id/parts/:partNumber`. */
  readonly route: string
  /** Whose credential it takes. */
  readonly service: 'vault' | 'feldera'
  /** The most that a body may have, in bytes. */
  readonly maxSizeBytes: number
  /**
   * Sends the body on, and gives what is answered as JSON.
   *
   * @param signal aborts when the client has gone or the gateway stops
   * @throws GatewayError
   */
  take(
    access: Access,
    parameters: Readonly<Record<string, string>>,
    body: UploadBody,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>>
}

/** The body of a request for an {@link Upload}. */
export interface UploadBody {
  readonly sizeBytes: number
  /** The request's `Content-MD5`. */
  readonly contentMd5: string | undefined
  /** Begins to read it from the client, as fast as it is then read. Called once at most. */
  open(): Readable
}

/** What a field costs, beside what it answers (`src/graphql/costs.ts`). An empty one: nothing. */
export interface FieldCost {
  /** How many calls to an upstream it may make; where it takes `ids`, for each of them. Default: none. */
  readonly calls?: number
  /** How many elements its list may have, where neither `first` nor `ids` says so. Default: 10. */
  readonly elements?: number
}

/** What fields cost, by type and name. Every field that has a resolver stands here: without it the gateway does not start. */
export type FieldCosts = {
  readonly [Type in keyof Resolvers]?: {
    readonly [Field in keyof NonNullable<Resolvers[Type]>]?: FieldCost
  }
}

/** One resource of the graph: what a folder of floor 3 gives to the floors above it. */
export interface Resource<Name extends keyof Loaders = keyof Loaders> {
  /** Under this name resolvers find the loaders in their context. */
  readonly name: Name
  readonly resolvers: Resolvers
  /** What the fields cost that `resolvers` answer, so that nobody asks for too much at a time. */
  readonly costs: FieldCosts
  /** Makes the loaders of one operation, bound to its caller and its signal. Called when they are first asked for. */
  createLoaders(scope: OperationScope): Loaders[Name]
  /**
   * Whether its loaders tell the {@link OperationScope.basis} of all that they load, and its resolvers add nothing that may be
   * something else the next time. False by default: then an answer that they had a part in is not told again.
   */
  readonly tellsBasis?: boolean
  readonly downloads?: readonly Download[]
  readonly uploads?: readonly Upload[]
  /** Ends what the resource has under way. Called once, when the gateway stops. */
  stop?(): void
}

/** What a resource's folder exports. */
export type ResourceFactory<Name extends keyof Loaders = keyof Loaders> = (
  floor: ResourceFloor,
) => Resource<Name>

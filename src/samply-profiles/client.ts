import { createHash } from 'node:crypto'
import { notFound } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import type { SamplyProfileUnavailableReason } from '../generated/resolvers.ts'
import {
  type FelderaClient,
  type FelderaProblem,
  felderaDetail,
  felderaFailure,
  isPipelineState,
  problemOf,
} from '../upstream/feldera.ts'
import { type FileStream, fileStreamOf } from '../upstream/file-stream.ts'
import type { UpstreamAnswer, UpstreamFile, UpstreamMethod } from '../upstream/http-client.ts'
import { pathOf } from '../upstream/path.ts'
import { quoted } from '../upstream/quoted.ts'
import { retryAfterSeconds } from '../upstream/retry-after.ts'
import {
  minRetryAfterSeconds,
  type ProfileDigest,
  type ProfileKey,
  type SamplyProfile,
  type SamplyProfileInProgress,
  type SamplyProfileResult,
  type SamplyProfileUnavailable,
} from './model.ts'

/** How a profile is looked at. */
export interface ProfileLook {
  /** The newest one, which may be in progress, instead of the last finished one. */
  readonly latest: boolean
  /** Whether to read all bytes for their size and SHA-256. */
  readonly digest: boolean
  readonly signal: AbortSignal
}

/** Feldera's profile route. */
export interface SamplyProfilesClient {
  look(access: Access, key: ProfileKey, look: ProfileLook): Promise<SamplyProfileResult>
  /**
   * Opens the gzip.
   *
   * @throws GatewayError NOT_FOUND with the reason where there is none
   */
  open(access: Access, key: ProfileKey, signal: AbortSignal): Promise<FileStream>
  /** Starts to collect. Undefined where a collection is under way already. Sent once, never again. */
  start(access: Access, key: ProfileKey, durationSecs: number): Promise<SamplyProfileResult | undefined>
}

/** Makes the client of Feldera's profile route. */
export function createSamplyProfilesClient(
  feldera: Pick<FelderaClient, 'open' | 'openFile' | 'post'>,
  clock: Clock,
): SamplyProfilesClient {
  const profileOf = async (key: ProfileKey, file: UpstreamFile, digest: boolean): Promise<SamplyProfile> => ({
    __typename: 'SamplyProfile',
    ...key,
    fileName: fileOf(key, file).fileName,
    observedAt: new Date(clock.now()).toISOString(),
    digest: await digestOf(file, digest),
  })
  const inProgress = (
    key: ProfileKey,
    retryAfterSeconds = minRetryAfterSeconds,
  ): SamplyProfileInProgress => ({
    __typename: 'SamplyProfileInProgress',
    ...key,
    retryAfter: Math.max(minRetryAfterSeconds, retryAfterSeconds),
    observedAtMs: clock.now(),
  })

  return {
    async look(access, key, { latest, digest, signal }) {
      const query = { ordinal: key.ordinal, latest: latest || undefined }
      const answer = await feldera.open(access, profilePath(key), { query, signal })
      if ('stream' in answer) return profileOf(key, answer, digest)
      // 307 is what Feldera's documentation once said where its server answers 204.
      if (answer.status === 204 || answer.status === 307)
        return inProgress(key, retryAfterSeconds(answer.headers))
      return unavailable(key, answer, access, 'GET')
    },
    async open(access, key, signal) {
      const query = { ordinal: key.ordinal }
      const answer = await feldera.openFile(access, profilePath(key), { query, signal })
      if ('stream' in answer) return fileOf(key, answer)
      throw notFound(unavailable(key, answer, access, 'GET').message, { upstream: felderaDetail(answer) })
    },
    async start(access, key, durationSecs) {
      const query = { ordinal: key.ordinal, duration_secs: durationSecs }
      const answer = await feldera.post(access, profilePath(key), { query })
      if (answer.status >= 200 && answer.status < 300) {
        return inProgress(key, durationSecs)
      }
      if (answer.status === 409) return undefined
      return unavailable(key, answer, access, 'POST')
    },
  }
}

const profilePath = ({ pipelineName }: ProfileKey) => pathOf`/v0/pipelines/${pipelineName}/samply_profile`

const fileOf = ({ pipelineName, ordinal }: ProfileKey, answer: UpstreamFile): FileStream =>
  fileStreamOf(answer, {
    contentType: 'application/gzip',
    fileName: `${pipelineName}-${ordinal}.samply_profile.json.gz`,
  })

/** Reads the bytes through without keeping them; or leaves, where nobody wants them. */
async function digestOf({ stream }: UpstreamFile, isWanted: boolean): Promise<ProfileDigest | undefined> {
  if (!isWanted) {
    await stream.cancel()
    return undefined
  }
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of stream) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

/** @throws GatewayError where the answer is not about the profile or its pipeline */
function unavailable(
  key: ProfileKey,
  answer: UpstreamAnswer,
  access: Access,
  method: UpstreamMethod,
): SamplyProfileUnavailable {
  const problem = problemOf(answer.body)
  const reason = problem && reasonOf(problem)
  if (problem === undefined || reason === undefined) throw felderaFailure(answer, access, method)
  const message = messageFor(reason, key, quoted(wordsOf(problem), access))
  const retryAfter = retryAfterSeconds(answer.headers)
  return { __typename: 'SamplyProfileUnavailable', ...key, reason, message, retryAfter }
}

function reasonOf(problem: FelderaProblem): SamplyProfileUnavailableReason | undefined {
  if (isPipelineState(problem)) return 'PIPELINE_NOT_RUNNING'
  switch (problem.code) {
    case 'UnknownPipelineName':
      return 'PIPELINE_NOT_FOUND'
    case 'NoSamplyProfile':
      return 'NOT_COLLECTED'
    case 'SamplyProfilingFailure':
    case 'SamplyProfilingUnexpectedCompletion':
      return 'COLLECTION_FAILED'
    default:
      return undefined
  }
}

/** Feldera puts what samply said into `details`. */
const wordsOf = ({ message, details }: FelderaProblem): string =>
  typeof details === 'string' && details !== '' ? details : message

function messageFor(
  reason: SamplyProfileUnavailableReason,
  { pipelineName }: ProfileKey,
  felderaSays: string,
): string {
  switch (reason) {
    case 'PIPELINE_NOT_FOUND':
      return `Feldera knows no pipeline ${pipelineName}. Check the name, and whether the credential is for its tenant.`
    case 'PIPELINE_NOT_RUNNING':
      return `Pipeline ${pipelineName} does not run. Start it, then collect a profile. Feldera says: ${felderaSays}`
    case 'NOT_COLLECTED':
      return `No profile of pipeline ${pipelineName} was collected since it started. startSamplyProfile collects one.`
    case 'COLLECTION_FAILED':
      return `The last collection for pipeline ${pipelineName} failed. Feldera says: ${felderaSays}`
  }
}

import { type GatewayError, notFound } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import type { Download } from '../resource.ts'
import type { FileStream } from '../upstream/file-stream.ts'
import { pathOf } from '../upstream/path.ts'
import { isUnknownKey, orNullIfUnknown } from '../upstream/vault.ts'
import type { ProfilingSessionsClient } from './client.ts'
import { isAmbiguous, resultsConflict } from './refusals.ts'

/** Path of the results of a session on this gateway. */
export const resultsLink = (name: string) => pathOf`/profiling-sessions/${name}/results`.text

/** Opens the ZIP with the results of a session. */
export type OpenResults = (access: Access, name: string, signal: AbortSignal) => Promise<FileStream>

/** Makes what opens results, and tells why there are none. */
export function resultsOpener(client: ProfilingSessionsClient): OpenResults {
  /** What a refusal means: Vault's types do not tell whether there is no such session, or it is not complete. */
  const explained = async (
    refusal: GatewayError,
    name: string,
    access: Access,
    signal: AbortSignal,
  ): Promise<GatewayError> => {
    const session = await orNullIfUnknown(client.one(access, name, signal)).catch(() => null)
    const reason = session === null ? undefined : resultsConflict(refusal, session)
    if (reason !== undefined || !isUnknownKey(refusal)) return reason ?? refusal
    return notFound(`Vault has no results of a profiling session ${name}.`, refusal.extensions)
  }
  return (access, name, signal) =>
    client.results(access, name, signal).catch(async (error: unknown) => {
      throw isAmbiguous(error) ? await explained(error, name, access, signal) : error
    })
}

/** The route of the results. */
export function resultsDownload(open: OpenResults): Download {
  return {
    route: '/profiling-sessions/:name/results',
    service: 'vault',
    fileAt: ({ name = '' }) => ({
      link: resultsLink(name),
      open: (access, signal) => open(access, name, signal),
    }),
  }
}

import { notFound } from '../core/errors.ts'
import type { Download } from '../resource.ts'
import { pathOf } from '../upstream/path.ts'
import { isUnknownKey } from '../upstream/vault.ts'
import type { ProfilingSessionsClient } from './client.ts'

/** Path of the results of a session on this gateway. */
export const resultsLink = (name: string) => pathOf`/profiling-sessions/${name}/results`

/** The route of the results. */
export function resultsDownload(client: ProfilingSessionsClient): Download {
  return {
    route: '/profiling-sessions/:name/results',
    service: 'vault',
    fileAt: ({ name = '' }) => ({
      link: resultsLink(name),
      open: (access, signal) =>
        client.results(access, name, signal).catch((error: unknown) => {
          if (!isUnknownKey(error)) throw error
          throw notFound(`Vault has no results of a profiling session ${name}.`, error.extensions)
        }),
    }),
  }
}

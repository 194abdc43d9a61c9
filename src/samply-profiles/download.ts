import { badUserInput, notFound } from '../core/errors.ts'
import type { Download } from '../resource.ts'
import { pathOf } from '../upstream/path.ts'
import type { SamplyProfilesClient } from './client.ts'
import { profileKey } from './key.ts'
import type { ProfileKey } from './model.ts'

/** Path and query of a profile on this gateway. */
export const profileLink = ({ pipelineName, ordinal }: ProfileKey) =>
  `${pathOf`/samply-profiles/${pipelineName}`.text}?ordinal=${ordinal}`

/** The route of the profiles' bytes. */
export function profileDownload(client: SamplyProfilesClient): Download {
  return {
    route: '/samply-profiles/:pipelineName',
    service: 'feldera',
    fileAt({ pipelineName = '' }, { ordinal = '0' }) {
      if (typeof ordinal !== 'string' || !/^\d{1,9}$/.test(ordinal)) {
        throw badUserInput('`ordinal` is a whole number that counts from 0.')
      }
      const key = profileKey(pipelineName, Number(ordinal))
      return {
        link: profileLink(key),
        async open(access, signal) {
          const file = await client.open(access, key, signal)
          if ('stream' in file) return file
          throw notFound(file.message, { upstream: { service: 'feldera' } })
        },
      }
    },
  }
}

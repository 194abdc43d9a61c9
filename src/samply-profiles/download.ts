import { badUserInput } from '../core/errors.ts'
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
    fileAt({ pipelineName = '' }, { ordinal }) {
      const key = profileKey(pipelineName, ordinalOf(ordinal))
      return {
        link: profileLink(key),
        open: (access, signal) => client.open(access, key, signal),
      }
    },
  }
}

/**
 * Reads `ordinal` in the query of an address.
 *
 * @throws GatewayError BAD_USER_INPUT
 */
export function ordinalOf(text: unknown = '0'): number {
  if (typeof text === 'string' && /^\d{1,9}$/.test(text)) return Number(text)
  throw badUserInput('`ordinal` is a whole number that counts from 0.')
}

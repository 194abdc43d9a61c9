import { type GraphqlAnswer, type RequestOptions, request } from './graphql.ts'

/** Whatever a profile's union member tells, but for size and SHA-256, which cost a download. */
export const profileFields = `
  __typename
  ... on SamplyProfile { id pipelineName ordinal fileName observedAt downloadUrl viewerUrl }
  ... on SamplyProfileInProgress { pipelineName ordinal retryAfter }
  ... on SamplyProfileUnavailable { pipelineName ordinal reason message }
`

/** Which profile to look at. */
export interface ProfileVariables {
  readonly pipelineName: string
  readonly ordinal?: number
  readonly latest?: boolean
}

/** A union member with what was selected of it. */
export type ProfileData = Readonly<Record<string, unknown>> & { readonly __typename?: string }

/** Looks at a profile; `fields` is what is selected of it. */
export function lookAtProfile(
  gateway: { readonly url: string },
  variables: ProfileVariables,
  { fields = profileFields, ...options }: Omit<RequestOptions, 'variables'> & { fields?: string } = {},
): Promise<GraphqlAnswer<{ samplyProfile: ProfileData | null }>> {
  return request(
    gateway,
    `query ($pipelineName: String!, $ordinal: Int, $latest: Boolean) {
      samplyProfile(pipelineName: $pipelineName, ordinal: $ordinal, latest: $latest) { ${fields} }
    }`,
    { ...options, variables: { ...variables } },
  )
}

/** Starts a collection. */
export function startProfile(
  gateway: { readonly url: string },
  variables: { readonly pipelineName: string; readonly ordinal?: number; readonly durationSecs?: number },
  options: Omit<RequestOptions, 'variables'> = {},
): Promise<GraphqlAnswer<{ startSamplyProfile: { profile: ProfileData | null } | null }>> {
  return request(
    gateway,
    `mutation ($pipelineName: String!, $ordinal: Int, $durationSecs: Int) {
      startSamplyProfile(pipelineName: $pipelineName, ordinal: $ordinal, durationSecs: $durationSecs) {
        profile { ${profileFields} }
      }
    }`,
    { ...options, variables: { ...variables } },
  )
}

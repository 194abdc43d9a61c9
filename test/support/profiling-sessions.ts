import { type GraphqlAnswer, request } from './graphql.ts'

/** A session as {@link profilingSessionWriter} selects it. */
export interface SelectedSession {
  readonly name: string
  readonly label: string
  readonly description: string | null
  readonly status: string
  readonly userId: string | null
  readonly resultsUrl: string | null
}

const fields = 'profilingSession { name label description status userId resultsUrl }'

interface Written {
  readonly profilingSession: SelectedSession | null
}

/** Changes profiling sessions as a frontend does, as one user. */
export interface ProfilingSessionWriter {
  create(
    input: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<GraphqlAnswer<{ readonly createProfilingSession: Written | null } | null>>
  end(name: string): Promise<GraphqlAnswer<{ readonly endProfilingSession: Written | null } | null>>
  delete(
    name: string,
  ): Promise<GraphqlAnswer<{ readonly deleteProfilingSession: { readonly name: string } | null } | null>>
  /** The status of one session; null where there is none. */
  status(name: string): Promise<string | null>
}

/** Makes the writer of one user. */
export function profilingSessionWriter(
  gateway: { readonly url: string },
  authorization = 'sandbox-demo',
): ProfilingSessionWriter {
  const headers = { authorization }
  return {
    create: (input, signal) =>
      request(
        gateway,
        `mutation ($input: CreateProfilingSessionInput!) { createProfilingSession(input: $input) { ${fields} } }`,
        { variables: { input }, headers, ...(signal === undefined ? {} : { signal }) },
      ),
    end: (name) =>
      request(gateway, `mutation ($name: String!) { endProfilingSession(name: $name) { ${fields} } }`, {
        variables: { name },
        headers,
      }),
    delete: (name) =>
      request(gateway, 'mutation ($name: String!) { deleteProfilingSession(name: $name) { name } }', {
        variables: { name },
        headers,
      }),
    async status(name) {
      const { data } = await request<{ readonly profilingSession: { readonly status: string } | null }>(
        gateway,
        'query ($name: String!) { profilingSession(name: $name) { status } }',
        { variables: { name }, headers },
      )
      return data.profilingSession?.status ?? null
    },
  }
}

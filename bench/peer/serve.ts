import { once } from 'node:events'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { Job } from './vault.ts'

/** An event of a peer's subscriptions, under each of their names. */
export interface Update {
  readonly job: Job
  readonly previousStatus: string | null
  readonly observedAt: string
}

/** The peer's sources of events. */
export interface Sources {
  job(id: string): AsyncIterable<Update>
  jobs(ids: readonly string[]): AsyncIterable<Update>
  activeJobs(): AsyncIterable<Update>
}

/** The part of our schema that the benchmarks ask for. */
const typeDefs = `
  type Job { id: ID! status: String! isFinished: Boolean! runStartDate: String }
  type JobUpdate { job: Job! previousStatus: String observedAt: String! }
  type Query { isReady: Boolean! }
  type Subscription {
    jobUpdated(id: ID!): JobUpdate
    jobsUpdated(ids: [ID!]!): JobUpdate
    activeJobsUpdated: JobUpdate
  }
`

/** Serves subscriptions as https://the-guild.dev/graphql/ws/get-started shows it, on a free port. */
export async function serve(sources: Sources): Promise<void> {
  const resolve = (update: Update) => update
  const schema = makeExecutableSchema({
    typeDefs,
    resolvers: {
      Subscription: {
        jobUpdated: { subscribe: (_: unknown, { id }: { id: string }) => sources.job(id), resolve },
        jobsUpdated: { subscribe: (_: unknown, { ids }: { ids: string[] }) => sources.jobs(ids), resolve },
        activeJobsUpdated: { subscribe: () => sources.activeJobs(), resolve },
      },
    },
  })
  const server = new WebSocketServer({
    port: Number(process.env['PORT']),
    host: '127.0.0.1',
    path: '/graphql',
  })
  // biome-ignore lint/correctness/useHookAtTopLevel: it is no hook of React, but the name that graphql-ws gave it
  useServer({ schema }, server)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  console.log(`The peer is ready: http://127.0.0.1:${port}/graphql`)
}

/** What a subscriber is told of a job. */
export const updateOf = (job: Job, previous: Job | undefined): Update => ({
  job,
  previousStatus: previous?.status ?? null,
  observedAt: new Date().toISOString(),
})

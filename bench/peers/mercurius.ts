/**
 * Mercurius with its JIT and its loaders (https://mercurius.dev/#/docs/loaders), and `undici.request`, which is the fastest of
 * what Node has without a pool of one's own.
 */
import fastify from 'fastify'
import mercurius, { type MercuriusContext } from 'mercurius'
import { request } from 'undici'
import { typeDefs } from './schema.ts'
import { type Job, toJob, toJobs, toTasks, type WireList, type WireStatus, type WireTasks } from './wire.ts'

const jobsUrl = `${process.env['VAULT_URL']}/api/v26.1/services/jobs`

declare module 'mercurius' {
  interface MercuriusContext {
    readonly authorization: string
  }
}

async function ask<Answer>(path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const { body } = await request(`${jobsUrl}${path}`, { headers })
  return (await body.json()) as Answer
}

const resolvers = {
  Query: {
    job: async (_: unknown, { id }: { id: string }, { authorization }: MercuriusContext) =>
      toJob((await ask<WireStatus>(`/${id}`, { authorization })).data),
    activeJobs: async (_: unknown, { first }: { first: number }, { authorization }: MercuriusContext) =>
      toJobs(await ask<WireList>(`/monitors?limit=${first}&offset=0`, { authorization })),
    completedJobs: async (_: unknown, { first }: { first: number }, { authorization }: MercuriusContext) =>
      toJobs(await ask<WireList>(`/histories?limit=${first}&offset=0`, { authorization })),
  },
}

const loaders = {
  Job: {
    // Vault has no call for the tasks of several jobs.
    tasks: (queries: readonly { readonly obj: Job }[], { authorization }: MercuriusContext) =>
      Promise.all(
        queries.map(async ({ obj }) => toTasks(await ask<WireTasks>(`/${obj.id}/tasks`, { authorization }))),
      ),
  },
}

const app = fastify()
app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  loaders,
  jit: 1,
  context: ({ headers }) => ({ authorization: headers.authorization ?? '' }),
})
const url = await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
console.log(`Mercurius is ready: ${url}/graphql`)

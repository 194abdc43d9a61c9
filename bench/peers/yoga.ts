/**
 * GraphQL Yoga (https://the-guild.dev/graphql/yoga-server/docs), with a DataLoader for each kind of call, made for each request,
 * and Node's `fetch`.
 */
import { createServer } from 'node:http'
import DataLoader from 'dataloader'
import { createSchema, createYoga, type YogaInitialContext } from 'graphql-yoga'
import { typeDefs } from './schema.ts'
import { type Job, toJob, toJobs, toTasks, type WireList, type WireStatus, type WireTasks } from './wire.ts'

const jobsUrl = `${process.env['VAULT_URL']}/api/v26.1/services/jobs`

async function ask<Answer>(path: string, authorization: string): Promise<Answer> {
  const answer = await fetch(`${jobsUrl}${path}`, { headers: { authorization } })
  return (await answer.json()) as Answer
}

/** Vault has no call for several jobs at once, so a loader makes one for each, but never two for the same. */
function contextOf({ request }: YogaInitialContext) {
  const authorization = request.headers.get('authorization') ?? ''
  return {
    authorization,
    jobs: new DataLoader((ids: readonly string[]) =>
      Promise.all(ids.map(async (id) => toJob((await ask<WireStatus>(`/${id}`, authorization)).data))),
    ),
    tasks: new DataLoader((ids: readonly (number | undefined)[]) =>
      Promise.all(ids.map(async (id) => toTasks(await ask<WireTasks>(`/${id}/tasks`, authorization)))),
    ),
  }
}

type Context = ReturnType<typeof contextOf>

const schema = createSchema<Context>({
  typeDefs,
  resolvers: {
    Query: {
      job: (_, { id }: { id: string }, { jobs }) => jobs.load(id),
      activeJobs: async (_, { first }: { first: number }, { authorization }) =>
        toJobs(await ask<WireList>(`/monitors?limit=${first}&offset=0`, authorization)),
      completedJobs: async (_, { first }: { first: number }, { authorization }) =>
        toJobs(await ask<WireList>(`/histories?limit=${first}&offset=0`, authorization)),
    },
    Job: {
      tasks: ({ id }: Job, _: unknown, { tasks }: Context) => tasks.load(id),
    },
  },
})
const yoga = createYoga({ schema, context: contextOf })
const server = createServer(yoga)
server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  console.log(`Yoga is ready: http://127.0.0.1:${port}${yoga.graphqlEndpoint}`)
})

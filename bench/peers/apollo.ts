/**
 * Apollo Server and its RESTDataSource, as https://www.apollographql.com/docs/apollo-server/data/fetching-rest shows them, served by
 * `startStandaloneServer`.
 */
import { type AugmentedRequest, RESTDataSource } from '@apollo/datasource-rest'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { typeDefs } from './schema.ts'
import { type Job, toJob, toJobs, toTasks, type WireList, type WireStatus, type WireTasks } from './wire.ts'

type Cache = ApolloServer['cache']

class Vault extends RESTDataSource {
  override baseURL = `${process.env['VAULT_URL']}/api/v26.1/services/jobs/`
  readonly #authorization: string

  constructor(authorization: string, cache: Cache) {
    super({ cache })
    this.#authorization = authorization
  }

  override willSendRequest(_path: string, request: AugmentedRequest) {
    request.headers['authorization'] = this.#authorization
  }

  async job(id: string) {
    const { data } = await this.get<WireStatus>(encodeURIComponent(id))
    return toJob(data)
  }

  async activeJobs(first: number) {
    return toJobs(await this.get<WireList>('monitors', { params: { limit: String(first), offset: '0' } }))
  }

  async completedJobs(first: number) {
    return toJobs(await this.get<WireList>('histories', { params: { limit: String(first), offset: '0' } }))
  }

  async tasks(id: number | undefined) {
    return toTasks(await this.get<WireTasks>(`${id}/tasks`))
  }
}

interface Context {
  readonly dataSources: { readonly vault: Vault }
}

const resolvers = {
  Query: {
    job: (_: unknown, { id }: { id: string }, { dataSources }: Context) => dataSources.vault.job(id),
    activeJobs: (_: unknown, { first }: { first: number }, { dataSources }: Context) =>
      dataSources.vault.activeJobs(first),
    completedJobs: (_: unknown, { first }: { first: number }, { dataSources }: Context) =>
      dataSources.vault.completedJobs(first),
  },
  Job: {
    tasks: ({ id }: Job, _: unknown, { dataSources }: Context) => dataSources.vault.tasks(id),
  },
}

const server = new ApolloServer<Context>({ typeDefs, resolvers })
const { url } = await startStandaloneServer(server, {
  context: async ({ req }) => ({
    dataSources: { vault: new Vault(req.headers.authorization ?? '', server.cache) },
  }),
  listen: { host: '127.0.0.1', port: Number(process.env['PORT']) },
})
console.log(`Apollo Server is ready: ${new URL('graphql', url)}`)

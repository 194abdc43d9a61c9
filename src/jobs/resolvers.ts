import type { GraphQLResolveInfo } from 'graphql'
import { badUserInput, errorOf, hasCode, notFound } from '../core/errors.ts'
import type { OperationContext } from '../core/operation.ts'
import { connectionOf, pageRequest } from '../core/paging.ts'
import { selectsAny } from '../core/selection.ts'
import type { Resolvers } from '../generated/resolvers.ts'
import { orNullIfUnknown, throwIfUnknown } from '../upstream/vault.ts'
import { type FeedEvent, sighted } from '../watch/feed.ts'
import type { Watches } from '../watch/watch.ts'
import { listName, meets } from './lists.ts'
import type { Job, JobUpdate } from './model.ts'

/** The most jobs that one field asks for by id: as many as a page of Vault's lists has. */
const maxIds = 200

/** What only the status route tells of a job. */
const detailFields = ['method', 'links', 'progress']

/** Makes the resolvers of jobs. */
export function jobResolvers(watches: Watches<Job>): Resolvers {
  return {
    Query: {
      job: (_root, { id }, { loaders }, info) =>
        loaders.jobs.find({ id: jobId(id), detail: selectsAny(info, detailFields) }),
      async jobs(_root, { ids }, { loaders }, info) {
        const detail = selectsAny(info, detailFields)
        // What is wrong with one id is told in its place, and costs the others nothing.
        const load = async (id: string) => loaders.jobs.find({ id: jobId(id), detail })
        const jobs = await Promise.all(countedIds(ids).map((id) => load(id).catch(errorOf)))
        const asked = jobs.filter((job) => !hasCode(job, 'BAD_USER_INPUT'))
        // One reason that meets all of them is told once.
        const isOne = asked.every((job) => hasCode(job, 'UNAUTHENTICATED', 'UPSTREAM_NOT_CONFIGURED'))
        if (asked.length > 0 && isOne) throw asked[0]
        return jobs
      },
      async activeJobs(_root, { filter, ...page }, { loaders }) {
        const request = pageRequest(page, listName('active', filter))
        return connectionOf(await loaders.jobs.activeJobs(filter, request))
      },
      async completedJobs(_root, { filter, ...page }, { loaders }) {
        const request = pageRequest(page, listName('completed', filter))
        return connectionOf(await loaders.jobs.completedJobs(filter, request))
      },
    },
    Mutation: {
      async startJob(_root, { id }, { loaders }) {
        const unknown = throwIfUnknown(({ extensions }) =>
          notFound(`Vault knows no job ${id} that could be started.`, extensions),
        )
        await loaders.jobs.start(jobId(id)).catch(unknown)
        return { jobId: id }
      },
    },
    Subscription: {
      jobUpdated: {
        subscribe: (_root, { id }, { caller }, info) =>
          watches.follow(caller.vault(), [jobId(id)], wantsDetail(info)),
        resolve: updateOf,
      },
      jobsUpdated: {
        subscribe: (_root, { ids }, { caller }, info) =>
          watches.follow(caller.vault(), [...new Set(countedIds(ids).map(jobId))], wantsDetail(info)),
        resolve: updateOf,
      },
      activeJobsUpdated: {
        subscribe: (_root, { filter }, { caller }) =>
          watches.followAll(caller.vault(), (job) => meets(job, filter)),
        resolve: updateOf,
      },
    },
    StartJobPayload: {
      job: ({ jobId }, _arguments, { loaders }, info) =>
        loaders.jobs.find({ id: jobId, detail: selectsAny(info, detailFields) }),
    },
    Job: {
      method: ofDetail('method'),
      links: ofDetail('links'),
      progress: ofDetail('progress'),
      async tasks(job, page, { loaders }) {
        // A job that is gone since has none to show, which is nobody's mistake.
        const tasks = await orNullIfUnknown(loaders.jobs.tasks(job, pageRequest(page, `tasks ${job.id}`)))
        return tasks && connectionOf(tasks)
      },
    },
    JobTask: {
      job: (task, _arguments, { loaders }, info) =>
        loaders.jobs.find({ id: task.jobId, detail: selectsAny(info, detailFields) }),
    },
  }
}

/** A promise costs as much as all other fields of a job together, so there is one only where there is something to wait for. */
const ofDetail =
  <Field extends 'method' | 'links' | 'progress'>(field: Field) =>
  (job: Job, _arguments: unknown, { loaders }: OperationContext) => {
    const detail = loaders.jobs.detail(job)
    return detail instanceof Promise
      ? detail.then((loaded) => loaded?.[field] ?? null)
      : (detail?.[field] ?? null)
  }

/** The progress of a job changes while its status does not, and no list tells it. */
const wantsDetail = (info: GraphQLResolveInfo) => selectsAny(info, ['progress'], 'job')

/** @throws GatewayError BAD_USER_INPUT for what cannot be a job's id */
function jobId(id: string): string {
  if (/^\d{1,18}$/.test(id)) return String(BigInt(id))
  throw badUserInput(`A job's id is a whole number, such as 1201; “${id.slice(0, 40)}” is none.`)
}

/** @throws GatewayError BAD_USER_INPUT for too many, or none */
function countedIds(ids: readonly string[]): readonly string[] {
  if (ids.length >= 1 && ids.length <= maxIds) return ids
  throw badUserInput(`\`ids\` has ${ids.length} ids; it must have 1 to ${maxIds}.`)
}

function updateOf(event: FeedEvent<Job>): JobUpdate {
  const { state, previous } = sighted(event)
  return { job: state, previousStatus: previous?.status ?? null, observedAt: state.observedAt }
}

import { badUserInput, upstreamRateLimited } from '../../src/core/errors.ts'
import type { Access } from '../../src/core/identity.ts'
import { maxPageSize, pageAt } from '../../src/core/paging.ts'
import { type Clock, wait } from '../../src/core/time.ts'
import type { JobList, JobsClient } from '../../src/jobs/client.ts'
import type { Job } from '../../src/jobs/model.ts'
import { listedJob, statusJob } from './fake-jobs-client.ts'

/** From when on a job has a status. */
export interface Turn {
  readonly atMs: number
  readonly rawStatus: string
}

/** A job and all its statuses, the first of which it is created with. */
export interface SimulatedJob {
  readonly id: string
  readonly turns: readonly Turn[]
  /** Whether the list of active jobs leaves it out. */
  readonly isUnlisted?: boolean
}

/** A call that the simulated Vault has had. */
export interface SimulatedCall {
  readonly route: 'status' | JobList
  readonly id: string
  readonly caller: string
  readonly atMs: number
}

/** What happens to calls. */
export interface SimulatedNetwork {
  /** How long one takes, in milliseconds. */
  latencyMs(): number
  /** What becomes of it instead of an answer; Vault then has not seen it. */
  fault(call: SimulatedCall): Error | undefined
}

/** A Vault in memory that keeps its own rule about status calls and counts who breaks it. */
export interface SimulatedVault extends JobsClient {
  readonly calls: SimulatedCall[]
  /** How many calls are under way. */
  underWay(): number
  /** Status calls that came too soon after another one for the same job. */
  readonly tooSoon: SimulatedCall[]
  add(job: SimulatedJob): void
  job(id: string): SimulatedJob | undefined
}

/** A network that answers at once and never fails. */
export const perfectNetwork: SimulatedNetwork = { latencyMs: () => 0, fault: () => undefined }

const endStatuses = ['SUCCESS', 'ERRORS_ENCOUNTERED', 'CANCELLED', 'TIMEOUT']

/** The status of a job at a time; undefined before it was created. */
export function statusAt({ turns }: SimulatedJob, atMs: number): string | undefined {
  return turns.findLast((turn) => turn.atMs <= atMs)?.rawStatus
}

/** Whether a status is one that nothing comes after. */
export const isEnd = (rawStatus: string | undefined) =>
  rawStatus !== undefined && endStatuses.includes(rawStatus)

/** Makes a simulated Vault. */
export function createSimulatedVault(
  clock: Clock,
  windowMs: number,
  network: SimulatedNetwork = perfectNetwork,
): SimulatedVault {
  const jobs = new Map<string, SimulatedJob>()
  const answeredAtMs = new Map<string, number>()
  const calls: SimulatedCall[] = []
  const tooSoon: SimulatedCall[] = []
  let underWay = 0

  /** The answer is how things are when the call has gone half its way. */
  const called = async <Value>(
    call: SimulatedCall,
    signal: AbortSignal,
    answer: () => Value,
  ): Promise<Value> => {
    calls.push(call)
    underWay += 1
    try {
      const latencyMs = network.latencyMs()
      const fault = network.fault(call)
      if (latencyMs > 0) await wait(clock, latencyMs / 2, signal)
      if (fault !== undefined) throw fault
      const value = answer()
      if (latencyMs > 0) await wait(clock, latencyMs / 2, signal)
      return value
    } finally {
      underWay -= 1
    }
  }
  const callOf = (route: SimulatedCall['route'], { callerKey }: Access, id = ''): SimulatedCall => ({
    route,
    id,
    caller: callerKey,
    atMs: clock.now(),
  })
  const factsOf = ({ id, turns }: SimulatedJob, rawStatus: string): Partial<Job> => ({
    id,
    title: `Job ${id}`,
    runEndDate: isEnd(rawStatus) ? new Date(turns.at(-1)?.atMs ?? 0).toISOString() : null,
  })
  const listed = (list: JobList): Job[] =>
    [...jobs.values()].flatMap((job) => {
      const rawStatus = statusAt(job, clock.now())
      if (rawStatus === undefined || job.isUnlisted === true) return []
      const isWanted = isEnd(rawStatus) === (list === 'histories')
      return isWanted ? [listedJob(clock, rawStatus, factsOf(job, rawStatus))] : []
    })

  return {
    calls,
    tooSoon,
    underWay: () => underWay,
    add: (job) => void jobs.set(job.id, job),
    job: (id) => jobs.get(id),
    status(access, id, signal, progress) {
      progress.step = 'sent'
      const call = callOf('status', access, id)
      return called(call, signal, () => {
        const lastMs = answeredAtMs.get(id) ?? Number.NEGATIVE_INFINITY
        if (clock.now() - lastMs < windowMs) {
          tooSoon.push(call)
          const upstream = { service: 'vault', status: 200, type: 'API_LIMIT_EXCEEDED' } as const
          throw upstreamRateLimited('Vault refused.', { upstream })
        }
        answeredAtMs.set(id, clock.now())
        const job = jobs.get(id)
        const rawStatus = job && statusAt(job, clock.now())
        if (job === undefined || rawStatus === undefined) {
          throw badUserInput('Vault refused.', {
            upstream: { service: 'vault', status: 200, type: 'INVALID_DATA' },
          })
        }
        return statusJob(clock, rawStatus, { ...factsOf(job, rawStatus), title: null })
      })
    },
    list(access, list, _query, request, signal) {
      return called(callOf(list, access), signal, () => {
        const all = listed(list)
        const { offset } = request.place
        const nodes = all.slice(offset, offset + Math.min(request.first, maxPageSize))
        const hasNextPage = offset + nodes.length < all.length
        return pageAt(request, nodes, { totalCount: all.length, offset, hasNextPage })
      })
    },
    tasks: () => Promise.reject(new Error('a simulated job has no tasks')),
    startNow: () => Promise.reject(new Error('a simulated job starts by itself')),
  }
}

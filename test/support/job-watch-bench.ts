import type { Access } from '../../src/core/identity.ts'
import type { Clock } from '../../src/core/time.ts'
import type { Bus } from '../../src/fleet/bus.ts'
import { createMemoryHub } from '../../src/fleet/memory-bus.ts'
import { loneWindows, type SharedWindowsFactory } from '../../src/fleet/shared-windows.ts'
import type { JobsClient } from '../../src/jobs/client.ts'
import { createListFinder } from '../../src/jobs/list-finder.ts'
import { createJobMemory } from '../../src/jobs/memory.ts'
import type { Job } from '../../src/jobs/model.ts'
import { createJobReader, type ToldInWindow } from '../../src/jobs/reader.ts'
import { createStatusWindows } from '../../src/jobs/status-window.ts'
import { jobWatchPolicy } from '../../src/jobs/watch.ts'
import { type PolledUpstream, patientUpstream } from '../../src/upstream/polled-upstream.ts'
import type { Feed } from '../../src/watch/feed.ts'
import { createWatches } from '../../src/watch/watch.ts'
import { createFakeClock } from './fake-clock.ts'
import { anna, windowMs } from './job-reader.ts'
import { settled } from './settled.ts'
import { createSimulatedVault, perfectNetwork, type SimulatedNetwork } from './simulated-vault.ts'

/** What one subscriber has heard. */
export interface Heard {
  /** The statuses of each job, in the order of hearing. */
  readonly statuses: Map<string, string[]>
  readonly failures: unknown[]
  isDone(): boolean
  leave(): Promise<void>
}

/** How the watches of jobs are set up. */
export interface JobWatchBenchOptions {
  readonly pollIntervalMs?: number
  readonly network?: SimulatedNetwork
  readonly extraWaitMs?: () => number
  readonly random?: () => number
}

/** What one replica is given, and shares with others. */
export interface JobReplicaFloor {
  readonly clock: Clock
  readonly client: JobsClient
  readonly bus: Bus
  readonly windows: SharedWindowsFactory
  readonly pollIntervalMs: number
  readonly upstream?: PolledUpstream
  readonly random: () => number
}

/** The memory, the reader and the watches of one replica. */
export function jobReplica({
  client,
  bus,
  clock,
  windows: shared,
  pollIntervalMs,
  ...pace
}: JobReplicaFloor) {
  const memory = createJobMemory({ bus, windowMs, clock })
  const windows = createStatusWindows(windowMs, clock)
  const sharedWindows = shared<ToldInWindow>('job status')
  const reader = createJobReader({ sharedWindows, client, memory, windows, windowMs, clock })
  const finder = createListFinder({ client, memory, clock })
  const watches = createWatches<Job>({
    name: 'test',
    bus,
    policy: jobWatchPolicy({ client, memory, reader, finder, windows, clock, pollIntervalMs }),
    clock,
    pollIntervalMs,
    reportFailure: () => {},
    ...pace,
  })
  return {
    memory,
    reader,
    watches,
    async follow(
      ids: readonly (string | number)[],
      access: Access = anna,
      wantsDetail = false,
    ): Promise<Heard> {
      const hearing = heardOf(watches.follow(access, ids.map(String), wantsDetail))
      await settled()
      return hearing
    },
    async followAll(matches: (job: Job) => boolean = () => true, access: Access = anna): Promise<Heard> {
      const hearing = heardOf(watches.followAll(access, matches))
      await settled()
      return hearing
    },
  }
}

/** Reads a feed to its end. */
function heardOf(feed: Feed<Job>): Heard {
  const statuses = new Map<string, string[]>()
  const failures: unknown[] = []
  let isDone = false
  const reading = (async () => {
    for await (const event of feed) {
      if ('failure' in event) failures.push(event.failure)
      else statuses.set(event.key, [...(statuses.get(event.key) ?? []), event.state.rawStatus])
    }
    isDone = true
  })()
  const leave = async () => {
    await feed.return()
    await reading
  }
  return { statuses, failures, isDone: () => isDone, leave }
}

/** The watches of jobs over a simulated Vault and a fake clock. */
export function jobWatchBench(options: JobWatchBenchOptions = {}) {
  const {
    pollIntervalMs = windowMs,
    network = perfectNetwork,
    extraWaitMs = () => 0,
    random = () => 0,
  } = options
  const clock = createFakeClock()
  const vault = createSimulatedVault(clock, windowMs, network)
  const replica = jobReplica({
    clock,
    client: vault,
    bus: createMemoryHub().connect(),
    windows: loneWindows,
    pollIntervalMs,
    upstream: { ...patientUpstream, extraWaitMs },
    random,
  })
  return {
    clock,
    vault,
    ...replica,
    /** Adds jobs with these ids that are running and do not change. */
    addRunning(...ids: readonly (string | number)[]) {
      for (const id of ids) vault.add({ id: String(id), turns: [{ atMs: 0, rawStatus: 'RUNNING' }] })
    },
    /** Changes a job from now on. */
    turn(id: string | number, rawStatus: string) {
      const job = vault.job(String(id))
      if (job === undefined) throw new Error(`there is no job ${id}`)
      vault.add({ ...job, turns: [...job.turns, { atMs: clock.now(), rawStatus }] })
    },
    /** Lets time pass in small steps, as it does. */
    async pass(ms: number, stepMs = 100) {
      for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
        clock.advance(Math.min(stepMs, ms - passedMs))
        await settled()
      }
    },
    /** How many calls of each route there were from a time on. */
    calls(sinceMs = 0) {
      const since = vault.calls.filter(({ atMs }) => atMs >= sinceMs)
      const of = (route: string) => since.filter((call) => call.route === route).length
      return { status: of('status'), monitors: of('monitors'), histories: of('histories'), all: since.length }
    },
  }
}

/** What was heard, in a form to compare. */
export const statusesOf = ({ statuses }: Heard) => Object.fromEntries(statuses)

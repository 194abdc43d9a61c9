import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { isSubsequence } from '../support/subsequence.ts'
import { type Subscription, subscribe } from '../support/websocket.ts'

/** The stories that are played over real sockets. The same with many more, in memory: test/unit/job-watch-properties.test.ts */
const seeds = [1, 2, 3]

const windowMs = 50

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('turn' as const),
      pick: fc.nat(),
      rawStatus: fc.constantFrom('QUEUED', 'RUNNING', 'SCHEDULED'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), pick: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('join' as const),
      picks: fc.option(fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), pick: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('trouble' as const), status: fc.constantFrom(500, 502, 503) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('well' as const) }) },
)
const story = fc.record({
  jobs: fc.integer({ min: 2, max: 12 }),
  steps: fc.array(step, { minLength: 25, maxLength: 35 }),
})

interface Update {
  readonly job: { readonly id: string; readonly rawStatus: string; readonly isFinished: boolean }
}
type Updates = Record<string, Update | null>

/** One subscriber, and what it has heard of each job. */
interface Listener {
  readonly subscription: Subscription<Updates>
  readonly heard: Map<string, string[]>
  readonly isForAll: boolean
  /** Undefined while it stays. */
  left?: Promise<void>
  /** Resolves when nothing more comes; for who follows all, when all that it heard of is over. */
  readonly ended: Promise<void>
}

let sandbox: Sandbox
let gateway: Gateway

before(async () => {
  sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: windowMs })
  gateway = await startGateway({
    sandbox,
    env: { POLL_INTERVAL_MS: '40', JOB_STATUS_WINDOW_MS: String(windowMs), UPSTREAM_TIMEOUT_MS: '1000' },
  })
})
after(async () => {
  await gateway.stop()
  await sandbox.stop()
})

const nextPoll = () =>
  Promise.race([sandbox.vault.calls.next('job-monitors'), sandbox.vault.calls.next('job-status')])

function listen(selection: string, isForAll: boolean, isStoryOver: () => boolean): Listener {
  const subscription = subscribe<Updates>(
    gateway,
    `subscription { update: ${selection} { job { id rawStatus isFinished } } }`,
    { connectionParams: { authorization: 'sandbox-demo' } },
  )
  const heard = new Map<string, string[]>()
  const open = new Set<string>()
  const read = async () => {
    for await (const { data, errors } of subscription) {
      assert.deepEqual(errors, [])
      const job = data?.['update']?.job
      assert.ok(job)
      heard.set(job.id, [...(heard.get(job.id) ?? []), job.rawStatus])
      if (job.isFinished) open.delete(job.id)
      else open.add(job.id)
      if (isForAll && isStoryOver() && open.size === 0) return subscription.leave()
    }
  }
  return { subscription, heard, isForAll, ended: read() }
}

describe('over real sockets, whatever happens to jobs, to Vault and among subscribers,', () => {
  for (const seed of seeds) {
    it(`each hears a part of the truth, in order, once, to its end (seed ${seed})`, async () => {
      const [told] = fc.sample(story, { seed, numRuns: 1 })
      assert.ok(told)
      const truth = new Map<string, string[]>()
      const ids = Array.from({ length: told.jobs }, () => {
        const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
        truth.set(String(id), ['RUNNING'])
        return id
      })
      let isOver = false
      const turn = (pick: number, rawStatus: string) => {
        const id = ids[pick % ids.length] ?? 0
        const statuses = truth.get(String(id)) ?? []
        if (statuses.at(-1) === 'SUCCESS' || statuses.at(-1) === rawStatus) return
        statuses.push(rawStatus)
        sandbox.vault.setJobStatus(id, rawStatus)
      }
      const listeners: Listener[] = []
      for (const one of told.steps) {
        if (one.kind === 'turn') turn(one.pick, one.rawStatus)
        else if (one.kind === 'end') turn(one.pick, 'SUCCESS')
        else if (one.kind === 'trouble')
          sandbox.vault.faults.add({ answer: { kind: 'status', status: one.status } })
        else if (one.kind === 'well') sandbox.vault.faults.clear()
        else if (one.kind === 'leave') {
          const listener = listeners[one.pick % Math.max(1, listeners.length)]
          if (listener !== undefined) listener.left ??= listener.subscription.leave()
        } else {
          const picked = new Set((one.picks ?? []).map((pick) => ids[pick % ids.length]))
          const selection =
            one.picks === undefined
              ? 'activeJobsUpdated'
              : `jobsUpdated(ids: [${[...picked].map((id) => `"${id}"`).join()}])`
          listeners.push(listen(selection, one.picks === undefined, () => isOver))
        }
        const present = listeners.filter(({ left }) => left === undefined)
        const nobodyLeft = Promise.all(present.map(({ ended }) => ended))
        if (one.kind !== 'join') await Promise.race([nextPoll(), nobodyLeft])
      }
      // One more of each kind stays to the end, so that all is over when they have heard of it.
      listeners.push(listen(`jobsUpdated(ids: [${ids.map((id) => `"${id}"`).join()}])`, false, () => isOver))
      sandbox.vault.faults.clear()
      isOver = true
      for (const index of ids.keys()) turn(index, 'SUCCESS')
      const staying = listeners.filter(
        ({ left, isForAll, heard }) => left === undefined && !(isForAll && heard.size === 0),
      )
      await Promise.all(staying.map(({ ended }) => ended))
      assert.equal(listeners.at(-1)?.heard.size, ids.length, 'who follows all by id has heard of all')

      for (const { heard, left } of listeners) {
        for (const [id, statuses] of heard) {
          const statement = `job ${id} was ${truth.get(id)?.join(' ')}, heard ${statuses.join(' ')}`
          assert.ok(isSubsequence(statuses, truth.get(id) ?? []), statement)
          if (left === undefined) assert.equal(statuses.at(-1), 'SUCCESS', statement)
        }
      }
      await Promise.all(listeners.map(({ subscription }) => subscription[Symbol.asyncDispose]()))
    })
  }
})

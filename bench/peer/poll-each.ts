/** A server as one writes it first: each subscription is a generator that polls for itself. */
import { setTimeout as sleep } from 'node:timers/promises'
import { serve, type Update, updateOf } from './serve.ts'
import { activeJobs, type Job, jobOf } from './vault.ts'

const pollIntervalMs = Number(process.env['POLL_INTERVAL_MS'])

/** Yields what has changed from one look to the next. */
async function* changes(look: () => AsyncIterable<Job>): AsyncGenerator<Update> {
  const seen = new Map<string, Job>()
  for (;;) {
    for await (const job of look()) {
      const previous = seen.get(job.id)
      if (previous?.status === job.status) continue
      seen.set(job.id, job)
      yield updateOf(job, previous)
    }
    await sleep(pollIntervalMs)
  }
}

/** What Vault refuses to tell now is looked at again in the next round. */
async function* lookAt(ids: readonly string[]) {
  for (const id of ids) {
    const job = await jobOf(id)
    if (job !== null) yield job
  }
}

async function* lookAtActive() {
  yield* await activeJobs()
}

await serve({
  job: (id) => changes(() => lookAt([id])),
  jobs: (ids) => changes(() => lookAt(ids)),
  activeJobs: () => changes(lookAtActive),
})

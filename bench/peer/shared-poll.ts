/**
 * A server whose subscriptions share one poll, so that it is the delivery that is compared: an async generator for each
 * subscriber, all of them waiting for one promise. That is the cheapest source that graphql-ws can have; a PubSub, or
 * an emitter with a queue for each subscriber, costs more.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { serve, type Update, updateOf } from './serve.ts'
import { type Job, jobOf } from './vault.ts'

const pollIntervalMs = Number(process.env['POLL_INTERVAL_MS'])

interface Topic {
  job: Job | undefined
  change: PromiseWithResolvers<Update>
}

const topics = new Map<string, Topic>()

async function poll(id: string, topic: Topic): Promise<never> {
  for (;;) {
    const job = await jobOf(id)
    if (job !== null && job.status !== topic.job?.status) {
      const { job: previous, change } = topic
      topic.job = job
      topic.change = Promise.withResolvers()
      change.resolve(updateOf(job, previous))
    }
    await sleep(pollIntervalMs)
  }
}

function topicOf(id: string): Topic {
  const known = topics.get(id)
  if (known !== undefined) return known
  const topic: Topic = { job: undefined, change: Promise.withResolvers() }
  topics.set(id, topic)
  void poll(id, topic)
  return topic
}

async function* updatesOf(id: string): AsyncGenerator<Update> {
  const topic = topicOf(id)
  if (topic.job !== undefined) yield updateOf(topic.job, undefined)
  for (;;) yield await topic.change.promise
}

const notMeasured = () => {
  throw new Error('not part of this comparison')
}

await serve({ job: updatesOf, jobs: notMeasured, activeJobs: notMeasured })

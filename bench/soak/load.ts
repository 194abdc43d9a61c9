import type { Act, Stage } from './stage.ts'

/** How often acts are begun, in milliseconds. */
const beatMs = 10

/** Acts at the same time. Past that the load waits, rather than fall over. */
const maxUnderWay = 3000

/** A load that goes on by itself. */
export interface Load {
  /** Acts for each second. May be changed meanwhile. */
  rate: number
  /** How many acts were begun up to now. */
  begun(): number
  /** Lets all acts come to their end, and resolves when they have. */
  end(): Promise<void>
}

/** Begins acts, at a rate that does not ask how long they take. */
export function beginLoad(stage: Stage, acts: readonly Act[], rate: number): Load {
  const underWay = new Set<Promise<void>>()
  const choose = createChoice(acts)
  let begun = 0
  let due = 0
  let lastMs = performance.now()

  const perform = async ({ name, mayBreak, run }: Act) => {
    try {
      await run(stage)
    } catch (error) {
      stage.answers.note(name, nameOf(error), mayBreak ? [nameOf(error)] : [])
    }
  }
  const beat = () => {
    const nowMs = performance.now()
    due = Math.min(due + ((nowMs - lastMs) * load.rate) / 1000, load.rate)
    lastMs = nowMs
    for (; due >= 1 && underWay.size < maxUnderWay; due -= 1) {
      begun += 1
      const done: Promise<void> = perform(choose()).finally(() => underWay.delete(done))
      underWay.add(done)
    }
  }
  const timer = setInterval(beat, beatMs)
  const load: Load = {
    rate,
    begun: () => begun,
    async end() {
      clearInterval(timer)
      stage.end()
      await Promise.all(underWay)
    },
  }
  return load
}

const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? String(error.code) : error.message
}

function createChoice(acts: readonly Act[]): () => Act {
  const all = acts.reduce((sum, { weight }) => sum + weight, 0)
  return () => {
    let at = Math.random() * all
    const act = acts.find(({ weight }) => {
      at -= weight
      return at < 0
    })
    if (act === undefined) throw new Error('there is nothing to do')
    return act
  }
}

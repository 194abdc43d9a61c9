import type { Clock, Timer } from '../core/time.ts'
import { type BurstBudget, type BurstNews, burstOf, delayOf } from '../upstream/burst-budget.ts'
import type { Bus } from './bus.ts'

/** How often a replica tells the others what is left of the burst budget, in milliseconds. */
export const announceIntervalMs = 1000

const announcement = 'burst'

/**
 * Lets replicas share what Vault tells of its burst limit, which is one for all of them: each tells what it was told last, at
 * most once a second. A wrong guess costs a slower poll, so nothing of it is stored.
 *
 * @returns ends it
 */
export function shareBurst(bus: Bus, budget: BurstBudget, clock: Clock): () => void {
  let latest: BurstNews | undefined
  let timer: Timer | undefined
  const tell = () => {
    timer = undefined
    if (latest === undefined) return
    bus.announce(announcement, textOf(latest))
    latest = undefined
    timer = clock.after(announceIntervalMs, tell)
  }
  budget.onNoted((news) => {
    latest = news.burst === undefined ? { burst: latest?.burst, delayMs: news.delayMs } : news
    if (timer === undefined) tell()
  })
  bus.listen(announcement, (detail) => budget.hear(newsOf(detail)))
  return () => timer?.cancel()
}

const textOf = ({ burst, delayMs }: BurstNews) =>
  [burst?.limit ?? '-', burst?.remaining ?? '-', delayMs].join(' ')

function newsOf(detail: string): BurstNews {
  const [limit, remaining, delayMs] = detail.split(' ').map(Number)
  return { burst: burstOf(limit ?? Number.NaN, remaining ?? Number.NaN), delayMs: delayOf(delayMs ?? 0) }
}

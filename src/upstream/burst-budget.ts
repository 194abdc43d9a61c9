import type { Clock } from '../core/time.ts'
import type { AnswerHeaders } from './answer-headers.ts'
import type { PolledUpstream } from './polled-upstream.ts'

/** Down to this share of the burst limit polling goes at full pace. */
export const fullPaceShare = 0.5

/** Below this share of the burst limit what is left is kept for queries and mutations. */
export const reserveShare = 0.1

/** How many times longer intervals become at most. */
export const maxStretch = 10

/** How long what an answer told of the budget is relied on, in milliseconds. */
export const budgetLifetimeMs = 60_000

/** Vault's burst window, in milliseconds (Vault Help, API limits): no shortage lasts longer, whatever headers say. */
export const burstWindowMs = 5 * 60_000

/** The longest delay of its answers that Vault is believed, in milliseconds. It tells 500 (Vault Help, API limits). */
const maxResponseDelayMs = 60_000

/** The largest burst limit that is believed. Veeva's example is 2000. */
const maxBurstLimit = 1_000_000_000

/** How many calls Vault answers without delay in its present window of five minutes: those of all its clients together. */
export interface Burst {
  readonly limit: number
  readonly remaining: number
}

/** What an answer told. */
export interface BurstNews {
  /** Undefined where the answer did not tell. */
  readonly burst: Burst | undefined
  readonly delayMs: number
}

/** What is known of Vault's burst limit. */
export interface BurstBudget {
  /** Reads the headers of an answer (API reference, Response Headers). What is missing or absurd changes nothing. */
  note(headers: AnswerHeaders): void
  /**
   * Reads those of an answer on a route where the burst headers mean nothing. A delay counts all the same, but that there is
   * none says nothing.
   */
  noteDelayAlone(headers: AnswerHeaders): void
  /** Takes over what another replica was told. */
  hear(news: BurstNews): void
  /** Calls back when an answer to this replica has told something. */
  onNoted(listener: (news: BurstNews) => void): void
  /** Undefined where nothing is known, or nothing of late. */
  current(): Burst | undefined
  readonly pace: Omit<PolledUpstream, 'onRecovered'>
}

/**
 * How many times longer than usual intervals are with this share of the budget left: 1 down to {@link fullPaceShare}, from
 * there evenly more, and {@link maxStretch} from {@link reserveShare} on.
 */
export function stretchOf(share: number): number {
  const spent = (fullPaceShare - share) / (fullPaceShare - reserveShare)
  return 1 + (maxStretch - 1) * Math.min(1, Math.max(0, spent))
}

/** Makes the budget of one Vault, of which nothing is known yet. */
export function createBurstBudget(clock: Clock): BurstBudget {
  const listeners: ((news: BurstNews) => void)[] = []
  let burst: Burst | undefined
  let burstAtMs = 0
  let delayMs = 0
  let delayAtMs = 0
  let shortSinceMs: number | undefined

  const isRecent = (atMs: number) => clock.now() - atMs < budgetLifetimeMs
  const current = () => (isRecent(burstAtMs) ? burst : undefined)
  const keep = (news: BurstNews) => {
    const nowMs = clock.now()
    delayMs = news.delayMs
    delayAtMs = nowMs
    if (news.burst === undefined) return
    // A shortage may have ended while nobody was told.
    if (!isRecent(burstAtMs)) shortSinceMs = undefined
    burst = news.burst
    burstAtMs = nowMs
    if (shareOf(burst) >= reserveShare) shortSinceMs = undefined
    else shortSinceMs ??= nowMs
  }
  const tell = (news: BurstNews) => {
    keep(news)
    for (const listener of listeners) listener(news)
  }
  return {
    note: (headers) => tell({ burst: burstIn(headers), delayMs: delayIn(headers) }),
    noteDelayAlone(headers) {
      const toldMs = delayIn(headers)
      if (toldMs > 0) tell({ burst: undefined, delayMs: toldMs })
    },
    hear: keep,
    onNoted: (listener) => void listeners.push(listener),
    current,
    pace: {
      stretch() {
        const known = current()
        return known === undefined ? 1 : stretchOf(shareOf(known))
      },
      extraWaitMs: () => (isRecent(delayAtMs) ? delayMs : 0),
      isShort: () =>
        current() !== undefined && shortSinceMs !== undefined && clock.now() - shortSinceMs < burstWindowMs,
    },
  }
}

const shareOf = ({ limit, remaining }: Burst) => remaining / limit

/** Two counts that fit together; undefined where they do not. */
export function burstOf(limit: number, remaining: number): Burst | undefined {
  const areCounts = Number.isInteger(limit) && Number.isInteger(remaining)
  const isSane = limit > 0 && limit <= maxBurstLimit && remaining >= 0 && remaining <= limit
  return areCounts && isSane ? { limit, remaining } : undefined
}

/** A delay within reason; 0 for what is none. */
export function delayOf(ms: number): number {
  return Number.isFinite(ms) ? Math.min(maxResponseDelayMs, Math.max(0, ms)) : 0
}

const burstIn = (headers: AnswerHeaders) =>
  burstOf(countIn(headers, 'x-vaultapi-burstlimit'), countIn(headers, 'x-vaultapi-burstlimitremaining'))

const countIn = (headers: AnswerHeaders, name: string) => {
  const value = headers.get(name) ?? ''
  return /^\d+$/.test(value) ? Number(value) : Number.NaN
}

const delayIn = (headers: AnswerHeaders) => delayOf(Number(headers.get('x-vaultapi-responsedelay') ?? 0))

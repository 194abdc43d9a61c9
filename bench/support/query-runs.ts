import type { PeerWorkload } from '../peer-workloads.ts'
import type { QueryServer } from './query-server.ts'
import { shown } from './report.ts'
import { median } from './statistics.ts'
import type { WrkResult } from './wrk.ts'

/** With more work than this for the load's core, of 1, a server may be faster than the load lets it be. */
const maxLoadShare = 0.9

/** What one run has shown. */
export interface QueryRun extends WrkResult {
  readonly server: QueryServer
  /** How much of its core the server took, of 1. */
  readonly serverShare: number
  /** How much of its core the load took together with Vault, of 1. */
  readonly loadShare: number
  /** The server's processor time for all that was sent, in milliseconds. */
  readonly cpuMs: number
  /** The calls to Vault for all that was sent. */
  readonly calls: number
  /** The server's resident memory right after the run, in bytes. */
  readonly residentBytes: number
}

/** What the rows of {@link rowsOf} have. */
export const queryColumns = [
  'query',
  'server',
  'answers/s',
  'of the fastest peer',
  'p50 ms',
  'p99 ms',
  'CPU µs/query',
  'of the leanest peer',
  'CPU %',
  'load CPU %',
  'calls/query',
  'errors',
  'RSS MB',
]

/**
 * A row for each server: the medians of its runs, and all of its errors. Both ratios are larger for the better: how many times as
 * many answers as the fastest peer, and how many queries for the processor time that one takes the leanest peer.
 */
export function rowsOf(
  workload: PeerWorkload,
  servers: readonly QueryServer[],
  runs: readonly QueryRun[],
): readonly (readonly string[])[] {
  const runsOf = (server: QueryServer) => runs.filter((one) => one.server === server)
  const peersRuns = servers.filter(({ contestant }) => contestant.isPeer).map(runsOf)
  const best: Best = {
    rate: Math.max(...peersRuns.map(rateOf)),
    cpuMs: Math.min(...peersRuns.map(cpuMsOf)),
  }
  return servers.map((server) => [
    workload.title,
    server.contestant.name,
    ...cellsOf(runsOf(server), best, workload.ids === 'none'),
  ])
}

/** The best of the peers; infinite where there is none. */
interface Best {
  readonly rate: number
  readonly cpuMs: number
}

const rateOf = (runs: readonly QueryRun[]) =>
  median(runs.map(({ answered, tookMs }) => (answered * 1000) / tookMs))

const cpuMsOf = (runs: readonly QueryRun[]) => median(runs.map(({ cpuMs, sent }) => cpuMs / sent))

/** Nothing where there is no peer to compare with. */
const shownRatio = (ratio: number) => (Number.isFinite(ratio) && ratio > 0 ? shown(ratio, 2) : '')

function cellsOf(runs: readonly QueryRun[], best: Best, isList: boolean) {
  const middle = (pick: (run: QueryRun) => number) => median(runs.map(pick))
  const loadShare = middle((run) => run.loadShare)
  return [
    shown(rateOf(runs)),
    shownRatio(rateOf(runs) / best.rate),
    shown(
      middle((run) => run.p50Ms),
      1,
    ),
    shown(
      middle((run) => run.p99Ms),
      1,
    ),
    shown(cpuMsOf(runs) * 1000),
    shownRatio(best.cpuMs / cpuMsOf(runs)),
    shown(middle((run) => run.serverShare) * 100),
    shown(loadShare * 100) + (loadShare > maxLoadShare ? ' (the limit)' : ''),
    shown(
      middle(({ calls, sent }) => calls / sent),
      1,
    ),
    shown(runs.reduce((sum, { errors }) => sum + errors, 0)),
    isList ? shown(middle((run) => run.residentBytes) / 1024 ** 2) : '',
  ]
}

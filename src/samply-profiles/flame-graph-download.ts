import { badUserInput } from '../core/errors.ts'
import type { Clock } from '../core/time.ts'
import type { Download } from '../resource.ts'
import { pathOf } from '../upstream/path.ts'
import type { WorkerPool } from '../workers/pool.ts'
import type { Analyses } from './analyses.ts'
import type { ProfileAnalysis } from './analysis/analysis.ts'
import { flameGraphSvgTask } from './analysis/tasks.ts'
import { flameGraphView, threadNamed } from './analysis-arguments.ts'
import { ordinalOf } from './download.ts'
import { profileKey } from './key.ts'
import type { ProfileKey } from './model.ts'

/** Path and query of a profile's flame graph on this gateway. What else it takes may stand behind a sealed token. */
export const flameGraphLink = ({ pipelineName, ordinal }: ProfileKey) =>
  `${pathOf`/samply-profiles/${pipelineName}/flame-graph.svg`.text}?ordinal=${ordinal}`

/** What drawing stands on. */
export interface FlameGraphDownloadFloor {
  readonly analyses: Analyses
  readonly workers: WorkerPool
  readonly clock: Clock
}

/** The route of flame graphs as pictures. */
export function flameGraphDownload({ analyses, workers, clock }: FlameGraphDownloadFloor): Download {
  return {
    route: '/samply-profiles/:pipelineName/flame-graph.svg',
    service: 'feldera',
    isPicture: true,
    fileAt({ pipelineName = '' }, { ordinal, thread, minShare, inverted }) {
      const key = profileKey(pipelineName, ordinalOf(ordinal))
      const view = flameGraphView({ minShare: shareOf(minShare), inverted: flagOf(inverted) })
      const wanted = textOf(thread)
      return {
        link: flameGraphLink(key),
        async open(access, signal) {
          const analysis = await analyses.of(access, key, { observedAtMs: clock.now() }, signal)
          const chosen = threadNamed(analysis.threads, wanted)
          const title = titleOf(key, analysis, chosen, view.isInverted)
          const svg = await workers.run(
            flameGraphSvgTask,
            { analysis, thread: chosen, view: { ...view, title } },
            {
              what: `the profile of pipeline ${key.pipelineName}`,
              service: 'feldera',
              callerKey: access.callerKey,
              signal,
            },
          )
          return {
            contentType: 'image/svg+xml; charset=utf-8',
            fileName: `${key.pipelineName}-${key.ordinal}.flame-graph.svg`,
            stream: ReadableStream.from([new TextEncoder().encode(svg)]),
          }
        },
      }
    },
  }
}

function titleOf(
  { pipelineName }: ProfileKey,
  { product, sampleCount, durationMs, threads }: ProfileAnalysis,
  thread: string | undefined,
  isInverted: boolean,
): string {
  const samples = threads
    .filter(({ name }) => thread === undefined || name === thread)
    .reduce((sum, one) => sum + one.sampleCount, 0)
  const share = thread === undefined ? '' : ` of ${sampleCount.toLocaleString('en')}, thread ${thread}`
  const inverted = isInverted ? ', callers below' : ''
  return `${product ?? pipelineName}: ${samples.toLocaleString('en')} samples${share}, ${(durationMs / 1000).toFixed(1)} s${inverted}`
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw badUserInput('`thread` is the name of a thread, and stands once.')
}

function shareOf(value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && /^(\d{1,3}(\.\d{0,20})?|\.\d{1,20})$/.test(value)) return Number(value)
  throw badUserInput('`minShare` is a number from 0 to 1, such as 0.001.')
}

function flagOf(value: unknown): boolean | undefined {
  if (value === undefined) return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  throw badUserInput('`inverted` is true or false.')
}

import { defineTask } from '../../workers/task.ts'
import type { ProfileAnalysis } from './analysis.ts'
import type { FlameGraphNode, FlameGraphView } from './flame-graph.ts'
import type { FlameGraphPicture } from './flame-graph-svg.ts'
import type { HotFunction, HotFunctionsView } from './hot-functions.ts'
import type { ProfileIdentity } from './inflate.ts'

/** What comes of reading a profile. */
export interface ProfileReading {
  readonly analysis: ProfileAnalysis
  readonly identity: ProfileIdentity
}

/** What is asked of an analysis that was made before. */
export interface AnalysisQuestion<View> {
  readonly analysis: ProfileAnalysis
  /** The name of the threads that are looked at; undefined: all. */
  readonly thread: string | undefined
  readonly view: View
}

/** Reads the file that comes with it. */
export const readProfileTask = defineTask<null, ProfileReading>(
  new URL('./read-profile-worker.ts', import.meta.url),
)

/** {@link import('./hot-functions.ts').hotFunctions} in a thread. */
export const hotFunctionsTask = defineTask<AnalysisQuestion<HotFunctionsView>, readonly HotFunction[]>(
  new URL('./hot-functions-worker.ts', import.meta.url),
)

/** {@link import('./flame-graph.ts').flameGraph} in a thread. */
export const flameGraphTask = defineTask<AnalysisQuestion<FlameGraphView>, readonly FlameGraphNode[]>(
  new URL('./flame-graph-worker.ts', import.meta.url),
)

/** A flame graph as a picture. */
export const flameGraphSvgTask = defineTask<
  AnalysisQuestion<FlameGraphView & Pick<FlameGraphPicture, 'title'>>,
  string
>(new URL('./flame-graph-svg-worker.ts', import.meta.url))

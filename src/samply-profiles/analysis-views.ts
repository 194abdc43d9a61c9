import { badUserInput } from '../core/errors.ts'
import { createCallLimit } from '../upstream/batching.ts'
import type { TaskRun, WorkerPool } from '../workers/pool.ts'
import type { WorkerTask } from '../workers/task.ts'
import type { FlameGraphNode, FlameGraphView } from './analysis/flame-graph.ts'
import type { HotFunction, HotFunctionsView } from './analysis/hot-functions.ts'
import { type AnalysisQuestion, flameGraphTask, hotFunctionsTask } from './analysis/tasks.ts'
import type { SamplyProfileAnalysis } from './model.ts'

/** Nodes and functions that one operation is told of analyses. Its answer would grow past what a screen can take. */
const maxAnalysisRows = 20_000

/** What one operation asks of analyses. */
export interface AnalysisViews {
  /** @throws GatewayError BAD_USER_INPUT past {@link maxAnalysisRows} */
  hotFunctions(
    analysis: SamplyProfileAnalysis,
    thread: string | undefined,
    view: HotFunctionsView,
  ): Promise<readonly HotFunction[]>
  /** @throws GatewayError BAD_USER_INPUT past {@link maxAnalysisRows} */
  flameGraph(
    analysis: SamplyProfileAnalysis,
    thread: string | undefined,
    view: FlameGraphView,
  ): Promise<readonly FlameGraphNode[]>
}

/** Makes the views of one operation. They are made in a thread: a tree may have two million nodes. */
export function createAnalysisViews(workers: WorkerPool, signal: AbortSignal): AnalysisViews {
  const limit = createCallLimit()
  let rows = 0
  const ask =
    <View, Row>(task: WorkerTask<AnalysisQuestion<View>, readonly Row[]>) =>
    async (analysis: SamplyProfileAnalysis, thread: string | undefined, view: View) => {
      const run: TaskRun = {
        what: `the profile of pipeline ${analysis.pipelineName}`,
        service: 'feldera',
        signal,
      }
      const answer = await limit(() => {
        if (rows > maxAnalysisRows) throw tooManyRows()
        return workers.run(task, { analysis, thread, view }, run)
      })
      rows += answer.length
      if (rows > maxAnalysisRows) throw tooManyRows()
      return answer
    }
  return { hotFunctions: ask(hotFunctionsTask), flameGraph: ask(flameGraphTask) }
}

const tooManyRows = () =>
  badUserInput(
    `This operation asks for more than ${maxAnalysisRows} nodes of flame graphs and hot functions. Ask for fewer at a time, or with a larger \`minShare\`.`,
  )

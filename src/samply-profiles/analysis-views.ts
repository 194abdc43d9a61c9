import { setImmediate as nextTurn } from 'node:timers/promises'
import { badUserInput } from '../core/errors.ts'
import { createCallLimit } from '../upstream/batching.ts'
import type { TaskRun, WorkerPool } from '../workers/pool.ts'
import type { WorkerTask } from '../workers/task.ts'
import type { FlameGraphNode, FlameGraphView } from './analysis/flame-graph.ts'
import type { HotFunction, HotFunctionsView } from './analysis/hot-functions.ts'
import { type AnalysisQuestion, flameGraphTask, hotFunctionsTask } from './analysis/tasks.ts'
import type { SamplyProfileAnalysis, SamplyThread } from './model.ts'

/** Nodes, functions and threads that one operation is told of analyses. Its answer would grow past what a screen can take. */
const maxAnalysisRows = 10_000

/** Characters of the names in them: those of generic functions may be long, and an answer is written in one go. */
const maxAnalysisTextLength = 8_000_000

/** Rows that are made part of an answer at a time: each has some fields, and all of them at once would block. */
const rowsPerTurn = 250

/** The rows of an answer, the later ones in later turns of the event loop. */
export type RowsInTurns<Row> = readonly (Row | Promise<Row>)[]

/** What one operation asks of analyses. */
export interface AnalysisViews {
  /** @throws GatewayError BAD_USER_INPUT past {@link maxAnalysisRows} and {@link maxAnalysisTextLength} */
  threads(analysis: SamplyProfileAnalysis): RowsInTurns<SamplyThread>
  /** @throws GatewayError BAD_USER_INPUT past {@link maxAnalysisRows} and {@link maxAnalysisTextLength} */
  hotFunctions(
    analysis: SamplyProfileAnalysis,
    thread: string | undefined,
    view: HotFunctionsView,
  ): Promise<RowsInTurns<HotFunction>>
  /** @throws GatewayError BAD_USER_INPUT past {@link maxAnalysisRows} and {@link maxAnalysisTextLength} */
  flameGraph(
    analysis: SamplyProfileAnalysis,
    thread: string | undefined,
    view: FlameGraphView,
  ): Promise<RowsInTurns<FlameGraphNode>>
}

/** Makes the views of one operation. They are made in a thread: a tree may have two million nodes. */
export function createAnalysisViews(
  workers: WorkerPool,
  callerKey: () => string,
  signal: AbortSignal,
): AnalysisViews {
  const limit = createCallLimit()
  const inTurns = createTurns()
  let rowsTold = 0
  let textTold = 0
  const assertRoom = () => {
    if (rowsTold > maxAnalysisRows || textTold > maxAnalysisTextLength) throw tooMuch()
  }
  const tell = <Row extends Named>(rows: readonly Row[]): RowsInTurns<Row> => {
    rowsTold += rows.length
    textTold += rows.reduce((sum, { name, library = '' }) => sum + name.length + library.length, 0)
    assertRoom()
    return inTurns(rows)
  }
  const ask =
    <View, Row extends Named>(task: WorkerTask<AnalysisQuestion<View>, readonly Row[]>) =>
    async (analysis: SamplyProfileAnalysis, thread: string | undefined, view: View) => {
      const run: TaskRun = {
        what: `the profile of pipeline ${analysis.pipelineName}`,
        service: 'feldera',
        callerKey: callerKey(),
        signal,
      }
      const rows = await limit(() => {
        assertRoom()
        return workers.run(task, { analysis, thread, view }, run)
      })
      return tell(rows)
    }
  return {
    threads: ({ threads }) => tell(threads),
    hotFunctions: ask(hotFunctionsTask),
    flameGraph: ask(flameGraphTask),
  }
}

/** What rows have that may be long. */
interface Named {
  readonly name: string
  readonly library?: string | undefined
}

/** Puts rows into turns. All lists of an operation take the same ones: side by side they would add up again. */
function createTurns(): <Row>(rows: readonly Row[]) => RowsInTurns<Row> {
  let turn: Promise<unknown> = Promise.resolve()
  let inThisTurn = 0
  const take = <Row>(row: Row): Row | Promise<Row> => {
    if (inThisTurn === rowsPerTurn) {
      inThisTurn = 0
      turn = turn.then(() => nextTurn())
    }
    inThisTurn += 1
    return turn.then(() => row)
  }
  return (rows) => rows.map(take)
}

const tooMuch = () =>
  badUserInput(
    `This operation asks for more than ${maxAnalysisRows} nodes of flame graphs, hot functions and threads, or for more than ${maxAnalysisTextLength} characters of their names. Ask for fewer at a time, or with a larger \`minShare\`.`,
  )

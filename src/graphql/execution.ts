import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLFormattedError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql'
import type { Basis, OperationContext, OperationScope } from '../core/operation.ts'
import type { Clock } from '../core/time.ts'
import { createSharedCalls } from '../upstream/shared-calls.ts'
import type { WriteCount } from '../upstream/write-count.ts'
import type { ContextFactory } from './context.ts'
import type { ErrorPresentation } from './error-presentation.ts'
import { type GraphEvents, noGraphEvents } from './events.ts'
import { createRememberedAnswers } from './remembered-answers.ts'
import { presentedResult } from './results.ts'

/** How long after its beginning a query is joined by others, in milliseconds. It may take longer: some calls come one after the other. */
const maxJoinedAgeMs = 2000

/** A query or a mutation that may be run. */
export interface RunnableOperation {
  readonly type: OperationTypeNode
  /** The same one each time that the same text is asked: equal queries are known by it. */
  readonly document: DocumentNode
  readonly operationName: string | null
  readonly variables: Readonly<Record<string, unknown>> | null
}

/** What became of an operation, as its client may see it. */
export interface ExecutedOperation {
  /** The whole result. */
  readonly json: string
  readonly errors: readonly GraphQLFormattedError[] | undefined
  /** False where nothing was run, since the variables do not fit the document. */
  readonly hasData: boolean
}

/** Who has an operation run. */
export type Asker = Pick<OperationScope, 'caller' | 'browser'>

/**
 * Runs a query or a mutation.
 *
 * @param signalOf makes the signal of its scope. Not called where nothing has to be run
 * @throws the signal's reason when the signal aborts
 */
export type Execution = (
  operation: RunnableOperation,
  asker: Asker,
  signalOf: () => AbortSignal,
) => Promise<ExecutedOperation>

/** What {@link createExecution} needs. */
export interface ExecutionFloor {
  readonly schema: GraphQLSchema
  readonly createContext: ContextFactory
  readonly presentError: ErrorPresentation
  readonly writes: Pick<WriteCount, 'current'>
  readonly clock: Clock
  /** Who is told of queries that were not run. Nobody, by default. */
  readonly events?: Pick<GraphEvents, 'onJoined' | 'onToldAgain'>
}

/**
 * Makes the one way in which transports run queries and mutations. A query that the same caller has under way already is not
 * run a second time: both are told the same, written once. It is not joined where something was written since it began, nor
 * after {@link maxJoinedAgeMs}: what it has read first may be as old as that. Nor is a query run where all that it asks for is
 * remembered, and is what the same caller was told last time.
 */
export function createExecution({
  schema,
  createContext,
  presentError,
  writes,
  clock,
  events = noGraphEvents,
}: ExecutionFloor): Execution {
  const shared = createSharedCalls<ExecutedOperation>({
    saved: () => events.onJoined(),
    maxAgeMs: maxJoinedAgeMs,
    clock,
  })
  const answers = createRememberedAnswers({ writes, clock })
  const numberOf = createNumbering()

  const presented = (executed: ExecutionResult): ExecutedOperation => {
    const result = presentedResult(executed, presentError)
    return { json: JSON.stringify(result), errors: result.errors, hasData: result.data !== undefined }
  }
  // Promises are handed through, and nothing is awaited: each frame would be kept until the answer is there.
  const run = (
    { document, operationName, variables }: RunnableOperation,
    contextValue: OperationContext,
  ): Promise<ExecutedOperation> => {
    const executed = execute({ schema, document, operationName, variableValues: variables, contextValue })
    return 'then' in executed ? executed.then(presented) : Promise.resolve(presented(executed))
  }
  return async (operation, asker, signalOf) => {
    if (operation.type !== OperationTypeNode.QUERY)
      return run(operation, createContext({ ...asker, signal: signalOf() }))
    const key = keyOf(numberOf(operation.document), operation, asker, writes.current())
    const known = answers.tellAgain(key)
    if (known !== undefined) {
      events.onToldAgain()
      return known
    }
    return shared.run(key, signalOf(), (signal) =>
      answers.learn(key, (basis) => run(operation, createContext(sharedScope(asker, signal, basis)))),
    )
  }
}

/** What is run for several sets no cookie: the head of an answer is of one request. */
const sharedScope = ({ caller, browser }: Asker, signal: AbortSignal, basis: Basis): OperationScope => ({
  caller,
  signal,
  browser: { session: browser?.session, exchange: undefined },
  basis,
})

/** Numbers documents. A key is looked up several times for each query, and the text of a document may be long. */
function createNumbering(): (document: DocumentNode) => number {
  const numbers = new WeakMap<DocumentNode, number>()
  let last = 0
  return (document) => {
    const known = numbers.get(document)
    if (known !== undefined) return known
    last += 1
    numbers.set(document, last)
    return last
  }
}

/** When the session of a browser ends is told to its viewer, and a caller who sends the session itself has no such end. */
function keyOf(
  documentNumber: number,
  { operationName, variables }: RunnableOperation,
  { caller, browser }: Asker,
  writes: number,
): string {
  const endsAtMs = browser?.session?.expiresAtMs ?? ''
  return `${caller.key} ${endsAtMs} ${writes} ${documentNumber} ${JSON.stringify([operationName, variables])}`
}

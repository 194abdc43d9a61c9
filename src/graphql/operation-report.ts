import { type DocumentNode, type GraphQLFormattedError, type GraphQLSchema, getOperationAST } from 'graphql'
import { type AnswerCode, answerCodeOf } from './answer-code.ts'
import { type GraphEvents, noGraphEvents } from './events.ts'
import { createOperationKinds, type OperationKind } from './operation-kind.ts'

/** How many characters of an operation's name are logged. */
const maxLoggedNameLength = 100

/** What the log tells of an operation. Its document and its variables are not told. */
export interface AnsweredOperation extends OperationKind {
  /** As its client calls it. Left out where it has no name. */
  readonly name?: string
  readonly code: AnswerCode
}

/** An operation that was answered. */
export interface OperationAnswer {
  /** Undefined where the document is not good. */
  readonly document: DocumentNode | undefined
  readonly operationName: string | null
  readonly errors: readonly GraphQLFormattedError[] | undefined
  /** Undefined for a subscription, which was begun or refused. */
  readonly durationMs: number | undefined
  /** Whether its client has left before there was an answer. What failed then is nobody's fault. False by default. */
  readonly isCancelled?: boolean
}

/** Tells of operations, whichever transport they came by. */
export interface OperationReport {
  kindOf(document: DocumentNode, operationName: string | null): OperationKind
  /** Tells of an operation, and says what the log may tell. */
  answered(answer: OperationAnswer): AnsweredOperation
}

/** Makes the report that all transports share. */
export function createOperationReport(
  schema: GraphQLSchema,
  { onAnswer }: Pick<GraphEvents, 'onAnswer'> = noGraphEvents,
): OperationReport {
  const kindOf = createOperationKinds(schema)
  return {
    kindOf,
    answered({ document, operationName, errors, durationMs, isCancelled = false }) {
      const kind = kindOf(document, operationName)
      const code = isCancelled ? 'CANCELLED' : answerCodeOf(errors)
      onAnswer(kind, code, durationMs)
      const name = nameOf(document, operationName)
      return { ...kind, ...(name === undefined ? {} : { name }), code }
    },
  }
}

/** The name in the document: what a request says beside it may be any text. */
function nameOf(document: DocumentNode | undefined, operationName: string | null): string | undefined {
  const operation = document && getOperationAST(document, operationName)
  return operation?.name?.value.slice(0, maxLoggedNameLength)
}

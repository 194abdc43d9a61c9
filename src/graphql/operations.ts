import { type DocumentNode, GraphQLError, getOperationAST, type OperationTypeNode } from 'graphql'
import { badRequest } from '../core/errors.ts'
import { costPerCall } from './costs.ts'
import type { CheckedDocument, DocumentCheck } from './documents.ts'
import { asGraphqlError } from './error-presentation.ts'
import type { PersistedDocuments, PersistedText } from './persisted-documents.ts'

/**
 * How many levels variables may have: those of this schema have three. What compares or writes them goes down level by level, and
 * has no room for the hundred thousands of levels that a body of a request can have.
 */
const maxVariableDepth = 20

/** What a client asks for, as it came. */
export interface OperationRequest {
  /** The text of the document. Empty or missing where `extensions.persistedQuery` stands for it. */
  readonly query?: string | null | undefined
  /** Null where the document has only one operation. */
  readonly operationName?: string | null | undefined
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined
}

/** The operation that a request means, or the reasons why there is none. */
export type ChosenOperation =
  | {
      readonly document: DocumentNode
      /** The text of the document. */
      readonly source: string
      readonly type: OperationTypeNode
      readonly errors?: never
    }
  | {
      readonly errors: readonly GraphQLError[]
      readonly document?: never
      readonly source?: never
      readonly type?: never
    }

/** Finds the operation that a request means, and whether it may be run at all. */
export interface OperationChoice {
  (request: OperationRequest): ChosenOperation
  /** Likewise, where the request means a document that was found good before, which costs next to nothing; else undefined. */
  known(request: OperationRequest): ChosenOperation | undefined
}

/** What {@link createOperationChoice} needs. */
export interface OperationChoiceOptions {
  readonly checkDocument: DocumentCheck
  readonly persisted: PersistedDocuments
  /** The most that an operation may cost. */
  readonly maxCost: number
}

/** Makes the one choice of operations that all transports share: what one of them refuses, all refuse. */
export function createOperationChoice({
  checkDocument,
  persisted,
  maxCost,
}: OperationChoiceOptions): OperationChoice {
  const chooseIn = (
    { source, error, keep }: PersistedText,
    { variables = null, operationName }: OperationRequest,
    known?: CheckedDocument,
  ): ChosenOperation => {
    if (isDeeper(variables, maxVariableDepth)) return { errors: [asGraphqlError(tooDeep())] }
    if (error !== undefined) return { errors: [error] }
    const { document, costs, errors } = known ?? checkDocument(source)
    if (errors !== undefined) return { errors }
    const operation = getOperationAST(document, operationName)
    if (!operation) return { errors: [noOperation()] }
    const cost = costs.get(operation)?.(variables) ?? 0
    if (cost > maxCost) return { errors: [asGraphqlError(tooCostly(cost, maxCost))] }
    keep?.()
    return { document, source, type: operation.operation }
  }
  const choose = (request: OperationRequest) => chooseIn(persisted.textOf(request), request)
  const chooseKnown = (request: OperationRequest) => {
    const text = persisted.textOf(request)
    const known = text.source === undefined ? undefined : checkDocument.known(text.source)
    return known === undefined ? undefined : chooseIn(text, request, known)
  }
  return Object.assign(choose, { known: chooseKnown })
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}

const tooDeep = () => badRequest(`\`variables\` has more than ${maxVariableDepth} levels.`)

/** Apollo Server says the same with the same code. */
const noOperation = () =>
  new GraphQLError('The document has several operations, or none of this name. Pass its `operationName`.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  })

const tooCostly = (cost: number, maxCost: number) =>
  badRequest(
    `This operation may cost ${Math.ceil(cost)}, and ${maxCost} is the most. Each field of the answer counts 1, and each call to Vault or Feldera ${costPerCall}, once for every element of the lists around it. Ask for fewer elements (\`first\`, \`ids\`) or fewer fields, or in several operations.`,
  )

import { type DocumentNode, GraphQLError, getOperationAST, type OperationTypeNode } from 'graphql'
import type { CheckedDocument } from './documents.ts'

/** The operation that a request means, or the reasons why there is none. */
export type ChosenOperation =
  | { readonly document: DocumentNode; readonly type: OperationTypeNode; readonly errors?: never }
  | { readonly errors: readonly GraphQLError[]; readonly document?: never; readonly type?: never }

/**
 * Finds the operation of a document that a request means.
 *
 * @param operationName null where the document has only one
 */
export function chooseOperation(checked: CheckedDocument, operationName: string | null): ChosenOperation {
  const { document, errors } = checked
  if (errors !== undefined) return { errors }
  const operation = getOperationAST(document, operationName)
  return operation ? { document, type: operation.operation } : { errors: [noOperation()] }
}

/** Apollo Server says the same with the same code. */
const noOperation = () =>
  new GraphQLError('The document has several operations, or none of this name. Pass its `operationName`.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  })

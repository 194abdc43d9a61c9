import type { ExecutionResult, GraphQLFormattedError } from 'graphql'
import type { ErrorPresentation } from './error-presentation.ts'

/** A result as clients may see it. */
export interface PresentedResult {
  readonly data?: ExecutionResult['data']
  readonly errors?: readonly GraphQLFormattedError[]
}

/** Makes of a result what clients may see: what went wrong first (GraphQL specification, 7.1.2). */
export function presentedResult(
  { data, errors }: ExecutionResult,
  presentError: ErrorPresentation,
): PresentedResult {
  return {
    ...(errors === undefined ? {} : { errors: errors.map(presentError) }),
    ...(data === undefined ? {} : { data }),
  }
}

/** Writes a result as clients may see it. */
export const presentedJson = (result: ExecutionResult, presentError: ErrorPresentation): string =>
  JSON.stringify(presentedResult(result, presentError))

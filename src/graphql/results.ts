import type { ExecutionResult, GraphQLFormattedError } from 'graphql'
import type { ErrorPresentation } from './error-presentation.ts'

/** A result as clients may see it. */
export interface PresentedResult {
  readonly data?: ExecutionResult['data']
  readonly errors?: readonly GraphQLFormattedError[]
}

/** Makes of a result what clients may see. */
export function presentedResult(
  { data, errors }: ExecutionResult,
  presentError: ErrorPresentation,
): PresentedResult {
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors: errors.map(presentError) }),
  }
}

/** Writes a result as clients may see it. */
export const presentedJson = (result: ExecutionResult, presentError: ErrorPresentation): string =>
  JSON.stringify(presentedResult(result, presentError))

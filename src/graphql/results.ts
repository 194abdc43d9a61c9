import type { ExecutionResult } from 'graphql'
import type { ErrorPresentation } from './error-presentation.ts'

/** Writes a result as clients may see it. */
export function presentedJson({ data, errors }: ExecutionResult, presentError: ErrorPresentation): string {
  return JSON.stringify({
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors: errors.map(presentError) }),
  })
}

import type { GraphQLFormattedError } from 'graphql'
import { errorCodes } from '../core/errors.ts'

/** Codes that Apollo Server gives to what never reached a resolver. Its words are about the document, and harmless. */
export const documentCodes = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
] as const

/** Every code that answers are counted by. `CANCELLED` stands for one that nobody waited for. */
export const answerCodes = ['OK', 'CANCELLED', ...new Set([...errorCodes, ...documentCodes])] as const

/** One of {@link answerCodes}. */
export type AnswerCode = (typeof answerCodes)[number]

/** The code of an answer: that of its first error. */
export function answerCodeOf(errors: readonly GraphQLFormattedError[] | undefined): AnswerCode {
  const [first] = errors ?? []
  return first === undefined ? 'OK' : shownCode(first)
}

/** The code of an error as it is shown. */
export function shownCode({ extensions }: GraphQLFormattedError): AnswerCode {
  return answerCodes.find((code) => code === extensions?.['code']) ?? 'INTERNAL_SERVER_ERROR'
}

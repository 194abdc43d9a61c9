import type { CombinedError } from 'urql'

/** Something that went wrong, as a screen shows it. */
export interface Problem {
  /** The gateway's message, which says what to do where there is something to do. */
  readonly message: string
  /** The gateway's code (`docs/errors.md`); undefined where the gateway was not reached. */
  readonly code: string | undefined
  /** After how many seconds it is worth another try, where the gateway knows. */
  readonly retryAfter: number | undefined
}

/** An error as the gateway tells it. */
interface ToldError {
  readonly message: string
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** Always the same, so that a screen without problems is not drawn again. */
const none: readonly Problem[] = []

/** The problems of a result: the gateway's errors, or that it could not be reached. */
export function problemsOf(error: CombinedError | undefined): readonly Problem[] {
  if (error === undefined) return none
  if (error.networkError === undefined) return error.graphQLErrors.map(problemOf)
  return [unreachable]
}

/** One error in the form of GraphQL's, which the routes that are not GraphQL answer too. */
export function problemOf({ message, extensions = {} }: ToldError): Problem {
  const { code, retryAfter } = extensions
  return {
    message,
    code: typeof code === 'string' ? code : undefined,
    retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined,
  }
}

/** The gateway did not answer at all. */
export const unreachable: Problem = {
  message: 'The gateway did not answer. It is down, or the network is.',
  code: undefined,
  retryAfter: undefined,
}

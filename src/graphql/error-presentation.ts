import { randomUUID } from 'node:crypto'
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql'
import { GatewayError, gatewayStopping, internalServerError } from '../core/errors.ts'
import type { FailureReport } from '../core/failure-report.ts'
import { OperationCancelled } from '../core/operation.ts'
import { documentCodes, shownCode } from './answer-code.ts'
import { type GraphEvents, noGraphEvents } from './events.ts'

/** Where the reasons of masked errors go. */
export interface ErrorLog {
  error(fields: { readonly errorId: string; readonly err: unknown }, message: string): void
}

/** Makes of an error what a client may see. */
export type ErrorPresentation = (error: GraphQLError) => GraphQLFormattedError

/**
 * Makes the one presentation of errors that all transports share. The gateway's own errors and those about the
 * document keep their words; anything else is a fault of ours, which is logged and masked.
 *
 * @param tellsSchema false: graphql-js's guesses at what was meant, which name what the schema has, are left out
 */
export function createErrorPresentation(
  log: ErrorLog,
  reportFailure: FailureReport,
  { onError }: Pick<GraphEvents, 'onError'> = noGraphEvents,
  tellsSchema = true,
): ErrorPresentation {
  const present = createPresentation(log, reportFailure, tellsSchema)
  return (error) => {
    const shown = present(error)
    // Hardly anybody is shown that: as a rule the client has left.
    if (!(originalOf(error) instanceof OperationCancelled)) onError(shownCode(shown))
    return shown
  }
}

function createPresentation(
  log: ErrorLog,
  reportFailure: FailureReport,
  tellsSchema: boolean,
): ErrorPresentation {
  return (error) => {
    const original = originalOf(error)
    const { locations, path } = error
    const place = {
      ...(locations === undefined ? {} : { locations }),
      ...(path === undefined ? {} : { path }),
    }
    if (original instanceof OperationCancelled) return { ...presented(gatewayStopping()), ...place }
    if (original instanceof GatewayError) {
      reportFailure(original)
      return { ...presented(original), ...place }
    }
    const code = documentCode(error, original)
    if (code !== undefined) {
      const message = tellsSchema ? original.message : original.message.replace(guess, '')
      return { message, ...place, extensions: { code } }
    }
    return { ...presented(internalServerError(logFault(log, original))), ...place }
  }
}

/** How graphql-js ends a message where it knows something like what was asked for. */
const guess = / Did you mean .*$/s

/** Whatever was thrown, in the form that errors are presented from. */
export function asGraphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error
  const originalError = error instanceof Error ? error : new Error(String(error))
  return new GraphQLError(originalError.message, { originalError })
}

const presented = ({ message, extensions }: GatewayError) => ({ message, extensions: { ...extensions } })

function originalOf(error: GraphQLError): Error {
  const { originalError } = error
  if (originalError === undefined) return error
  return originalError instanceof GraphQLError ? originalOf(originalError) : originalError
}

/**
 * graphql-js itself objects to arguments with an error that points at them. One that points at a field is about what
 * a resolver gave, and quotes it.
 */
function documentCode(error: GraphQLError, original: Error): string | undefined {
  if (!(original instanceof GraphQLError)) return undefined
  const code = original.extensions['code'] ?? error.extensions['code']
  const known = documentCodes.find((one) => one === code)
  if (known !== undefined) return known
  // What an enum or a scalar objects to in a variable points nowhere; the error around it points at the variable.
  const nodes = original.nodes ?? error.nodes ?? []
  return nodes.length > 0 && nodes.every(({ kind }) => kind !== Kind.FIELD) ? 'BAD_USER_INPUT' : undefined
}

function logFault(log: ErrorLog, err: unknown): string {
  const errorId = randomUUID()
  log.error({ errorId, err }, 'an error was masked')
  return errorId
}

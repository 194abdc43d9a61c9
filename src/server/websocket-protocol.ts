import type { IncomingMessage } from 'node:http'
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  getOperationAST,
} from 'graphql'
import type { ServerOptions, SubscribePayload } from 'graphql-ws'
import { GatewayError } from '../core/errors.ts'
import { createDocumentCheck } from '../graphql/documents.ts'
import type { ErrorPresentation } from '../graphql/error-presentation.ts'
import { credentialsOfConnection } from './credentials.ts'
import type { GraphOptions } from './graphql-route.ts'
import type { SocketOperations } from './websocket-operations.ts'

/** What a connection of graphql-transport-ws knows of its socket. */
export interface SocketExtra {
  /** The request that became the WebSocket. */
  readonly request: IncomingMessage
  readonly operations: SocketOperations
  close(code: number, reason: string): void
}

type Params = Readonly<Record<string, unknown>>

/** The close code of graphql-transport-ws for a connection that is refused. */
const forbiddenCode = 4403

/** How long a connection may wait with its `connection_init`, in milliseconds. */
const connectionInitTimeoutMs = 3000

/**
 * What operations over graphql-transport-ws do: the same as over HTTP, with the same errors.
 *
 * @param isClosing whether the gateway stops: clients bring what is not begun any more to its successor
 */
export function webSocketProtocol(
  graph: GraphOptions,
  isClosing: () => boolean,
): ServerOptions<Params, SocketExtra> {
  const checkDocument = createDocumentCheck(graph.schema)
  return {
    connectionInitWaitTimeout: connectionInitTimeoutMs,
    onConnect({ connectionParams, extra }) {
      try {
        credentialsOfConnection(connectionParams, extra.request.headers)
        return true
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error
        extra.close(forbiddenCode, error.message)
        return false
      }
    },
    onSubscribe(connection, id, payload) {
      if (isClosing()) return new Promise<never>(() => {})
      const { document, errors } = checkDocument(payload.query)
      if (errors !== undefined) return errors
      const operation = getOperationAST(document, payload.operationName)
      if (!operation) return [noOperation()]
      const { connectionParams, extra } = connection
      const contextValue = graph.createContext({
        caller: graph.callerOf(credentialsOfConnection(connectionParams, extra.request.headers)),
        signal: extra.operations.begin(id, operation.operation),
      })
      return { schema: graph.schema, document, contextValue, ...parametersOf(payload) }
    },
    onNext: (_connection, _id, _payload, _arguments, result) => presented(result, graph.presentError),
    onError: (_connection, _id, _payload, errors) => errors.map(graph.presentError),
    onComplete: ({ extra }, id) => extra.operations.end(id),
    onClose: ({ extra }) => extra.operations.endAll(),
  }
}

/** Apollo Server says the same with the same code. */
const noOperation = () =>
  new GraphQLError('The document has several operations, or none of this name. Pass its `operationName`.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  })

function parametersOf({
  operationName,
  variables,
}: SubscribePayload): Pick<ExecutionArgs, 'operationName' | 'variableValues'> {
  return { operationName: operationName ?? null, variableValues: variables ?? null }
}

function presented(
  { data, errors }: { [Key in keyof ExecutionResult]?: ExecutionResult[Key] | undefined },
  presentError: ErrorPresentation,
): FormattedExecutionResult {
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors: errors.map(presentError) }),
  }
}

import type { IncomingMessage } from 'node:http'
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  getOperationAST,
} from 'graphql'
import type { ServerOptions, SubscribePayload } from 'graphql-ws'
import { GatewayError } from '../core/errors.ts'
import { OperationCancelled } from '../core/operation.ts'
import { createDocumentCheck } from '../graphql/documents.ts'
import type { ErrorPresentation } from '../graphql/error-presentation.ts'
import { credentialsOfConnection } from './credentials.ts'
import type { GraphOptions } from './graphql-route.ts'

/** What a connection of graphql-transport-ws knows of its socket. */
export interface SocketExtra {
  /** The request that became the WebSocket. */
  readonly request: IncomingMessage
  close(code: number, reason: string): void
}

type Params = Readonly<Record<string, unknown>>

/** The close code of graphql-transport-ws for a connection that is refused. */
const forbiddenCode = 4403

/** How long a connection may wait with its `connection_init`, in milliseconds. */
const connectionInitTimeoutMs = 3000

/** What operations over graphql-transport-ws do: the same as over HTTP, with the same errors. */
export function webSocketProtocol(graph: GraphOptions): ServerOptions<Params, SocketExtra> {
  const checkDocument = createDocumentCheck(graph.schema)
  const operations = createOperations()
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
      const { document, errors } = checkDocument(payload.query)
      if (errors !== undefined) return errors
      if (!hasOperation(document, payload)) return [noOperation()]
      const { connectionParams, extra } = connection
      const contextValue = graph.createContext({
        caller: graph.callerOf(credentialsOfConnection(connectionParams, extra.request.headers)),
        signal: operations.begin(connection, id),
      })
      return { schema: graph.schema, document, contextValue, ...parametersOf(payload) }
    },
    onNext: (_connection, _id, _payload, _arguments, result) => presented(result, graph.presentError),
    onError: (_connection, _id, _payload, errors) => errors.map(graph.presentError),
    onComplete: (connection, id) => operations.end(connection, id),
    onClose: (connection) => operations.endAll(connection),
  }
}

/** Apollo Server looks likewise, and says so with the same code. */
const hasOperation = (document: DocumentNode, { operationName }: SubscribePayload): boolean =>
  Boolean(getOperationAST(document, operationName))

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

/** The operations under way on each connection, so that what they wait for ends with them, or with their socket. */
function createOperations() {
  const abortsByConnection = new WeakMap<object, Map<string, AbortController>>()
  const end = (connection: object, id: string) => {
    const aborts = abortsByConnection.get(connection)
    aborts?.get(id)?.abort(new OperationCancelled('The operation has ended.'))
    aborts?.delete(id)
  }
  return {
    begin(connection: object, id: string): AbortSignal {
      const abort = new AbortController()
      const aborts = abortsByConnection.get(connection) ?? new Map<string, AbortController>()
      abortsByConnection.set(connection, aborts.set(id, abort))
      return abort.signal
    },
    end,
    endAll(connection: object) {
      for (const id of abortsByConnection.get(connection)?.keys() ?? []) end(connection, id)
    },
  }
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

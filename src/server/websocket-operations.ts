import { type DocumentNode, execute, GraphQLError, getOperationAST, OperationTypeNode } from 'graphql'
import { MessageType, type SubscribeMessage, type SubscribePayload } from 'graphql-ws'
import { badRequest, type GatewayError, gatewayStopping } from '../core/errors.ts'
import type { Caller } from '../core/identity.ts'
import { OperationCancelled } from '../core/operation.ts'
import { presentedJson } from '../graphql/results.ts'
import { ConnectionFault, closeCodes } from './websocket-close.ts'
import {
  type Connection,
  closeConnection,
  closeForRestart,
  operationCount,
  operationEnded,
  type SocketLimits,
  send,
  sendErrors,
} from './websocket-connection.ts'
import { SocketOutlet } from './websocket-outlet.ts'

/** The longest id of an operation, in characters. A UUID has 36. */
const maxOperationIdLength = 256

/** An operation whose document is good. */
interface Operation {
  readonly id: string
  readonly caller: Caller
  readonly document: DocumentNode
  readonly payload: SubscribePayload
}

/** What a document asks for, or the reasons why it cannot be run, as clients may see them. */
type Examined =
  | { readonly document: DocumentNode; readonly type: OperationTypeNode; readonly errors?: never }
  | { readonly errors: readonly object[]; readonly document?: never }

/**
 * Begins what a `subscribe` message asks for: the same as over HTTP, with the same errors.
 *
 * @throws ConnectionFault where the id is too long or in use
 */
export function beginOperation(
  connection: Connection,
  caller: Caller,
  { id, payload }: SubscribeMessage,
): void {
  checkId(connection, id)
  if (connection.floor.isStopping()) return
  const examined = examine(connection, payload)
  if (examined.errors !== undefined) sendErrors(connection, id, examined.errors)
  else {
    const begin = examined.type === OperationTypeNode.SUBSCRIPTION ? follow : answer
    begin(connection, { id, caller, document: examined.document, payload })
  }
}

function checkId({ subscriptions, requests }: Connection, id: string): void {
  if (id.length > maxOperationIdLength) {
    throw new ConnectionFault(
      closeCodes.badRequest,
      `The id of an operation has at most ${maxOperationIdLength} characters.`,
    )
  }
  if (subscriptions.has(id) || requests.has(id)) {
    throw new ConnectionFault(closeCodes.operationExists, 'An operation with this id is under way.')
  }
}

function examine(connection: Connection, { query, operationName }: SubscribePayload): Examined {
  const { graph, limits } = connection.floor
  if (operationCount(connection) >= limits.maxOperationsPerConnection) {
    return { errors: [shown(tooManyOperations(limits))] }
  }
  const { document, errors } = graph.checkDocument(query)
  if (errors !== undefined) return { errors: errors.map(graph.presentError) }
  const operation = getOperationAST(document, operationName)
  return operation ? { document, type: operation.operation } : { errors: [graph.presentError(noOperation())] }
}

/** Ends an operation of which its client wants to hear nothing more. One that has ended already is no fault. */
export function cancelOperation(connection: Connection, id: string): void {
  const { floor, subscriptions } = connection
  const subscriber = subscriptions.get(id)
  if (subscriber !== undefined) {
    subscriptions.delete(id)
    floor.graph.subscriptions.leave(subscriber)
    operationEnded(connection)
  } else endRequest(connection, id)
}

/** Tells of the queries and mutations under way that they have failed, since the gateway stops, and closes. */
export function giveUpRequests(connection: Connection): void {
  for (const id of connection.requests.keys()) sendErrors(connection, id, [shown(gatewayStopping())])
  closeForRestart(connection)
}

function follow(connection: Connection, { id, caller, document, payload }: Operation): void {
  const { floor, subscriptions } = connection
  const { query: source, operationName = null, variables = null } = payload
  const operation = { caller, source, document, operationName, variables }
  subscriptions.set(id, floor.graph.subscriptions.subscribe(operation, new SocketOutlet(connection, id)))
}

/** Executes a query or a mutation. Its result goes nowhere if its client has not waited for it. */
function answer(connection: Connection, { id, caller, document, payload }: Operation): void {
  const { floor, requests } = connection
  const { schema, createContext, presentError } = floor.graph
  const abort = new AbortController()
  requests.set(id, abort)
  const run = async () => {
    const result = await execute({
      schema,
      document,
      operationName: payload.operationName ?? null,
      variableValues: payload.variables ?? null,
      contextValue: createContext({ caller, signal: abort.signal }),
    })
    if (requests.get(id) !== abort) return
    const idJson = JSON.stringify(id)
    send(
      connection,
      `{"id":${idJson},"type":"${MessageType.Next}","payload":${presentedJson(result, presentError)}}`,
    )
    send(connection, `{"id":${idJson},"type":"${MessageType.Complete}"}`)
    endRequest(connection, id)
  }
  run().catch((error: unknown) => failConnection(connection, error))
}

function endRequest(connection: Connection, id: string): void {
  const { floor, requests } = connection
  const abort = requests.get(id)
  if (abort === undefined) return
  requests.delete(id)
  abort.abort(new OperationCancelled('The operation has ended.'))
  operationEnded(connection)
  if (floor.isStopping() && requests.size === 0) closeForRestart(connection)
}

/** Closes a connection on which the gateway itself is at fault. The operator finds the reason in the log. */
export function failConnection(connection: Connection, error: unknown): void {
  connection.floor.logFault(error)
  closeConnection(connection, closeCodes.internalServerError, 'The gateway failed.')
}

const shown = ({ message, extensions }: GatewayError) => ({ message, extensions })

const tooManyOperations = ({ maxOperationsPerConnection }: SocketLimits) =>
  badRequest(
    `This connection has ${maxOperationsPerConnection} operations under way, which is the most. End subscriptions that no screen shows, wait for answers, or open another connection.`,
  )

/** Apollo Server says the same with the same code. */
const noOperation = () =>
  new GraphQLError('The document has several operations, or none of this name. Pass its `operationName`.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  })

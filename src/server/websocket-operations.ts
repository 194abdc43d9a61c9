import { type DocumentNode, execute, type GraphQLError, OperationTypeNode } from 'graphql'
import type { SubscribeMessage, SubscribePayload } from 'graphql-ws'
import { badRequest, GatewayError, gatewayStopping } from '../core/errors.ts'
import type { Caller } from '../core/identity.ts'
import { OperationCancelled } from '../core/operation.ts'
import { asGraphqlError } from '../graphql/error-presentation.ts'
import type { ChosenOperation } from '../graphql/operations.ts'
import { presentedJson } from '../graphql/results.ts'
import { ConnectionFault, closeCodes } from './websocket-close.ts'
import {
  type Connection,
  closeConnection,
  closeForRestart,
  operationCount,
  operationEnded,
  type SocketLimits,
  sendComplete,
  sendErrors,
  sendNext,
} from './websocket-connection.ts'
import { SocketOutlet } from './websocket-outlet.ts'

/** The longest id of an operation, in characters. A UUID has 36. */
const maxOperationIdLength = 256

/** An operation whose document is good. */
interface Operation {
  readonly id: string
  readonly caller: Caller
  readonly document: DocumentNode
  /** The text of the document. */
  readonly source: string
  readonly payload: SubscribePayload
}

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
  const { floor } = connection
  checkId(connection, id)
  if (floor.isStopping()) return
  const { type, document, source, errors } = chosenOperation(connection, caller, payload)
  if (errors !== undefined) {
    refuse(connection, id, errors)
    return
  }
  const operation = { id, caller, document, source, payload }
  if (type === OperationTypeNode.SUBSCRIPTION) {
    follow(connection, operation)
    return
  }
  const end = floor.graph.admission.begin({ callerKey: caller.key, network: connection.network })
  if (end instanceof GatewayError) refuse(connection, id, [asGraphqlError(end)])
  else answer(connection, operation, end)
}

function chosenOperation(
  connection: Connection,
  { key }: Caller,
  payload: SubscribePayload,
): ChosenOperation {
  const { graph, limits } = connection.floor
  if (operationCount(connection) >= limits.maxOperationsPerConnection) {
    return { errors: [asGraphqlError(tooManyOperations(limits))] }
  }
  const refusal = graph.admission.refusalOf({ callerKey: key, network: connection.network })
  return refusal === undefined ? graph.chooseOperation(payload) : { errors: [asGraphqlError(refusal)] }
}

/** Tells of an operation that it has failed as a whole, which ends it. */
function refuse(connection: Connection, id: string, errors: readonly GraphQLError[]): void {
  sendErrors(connection, id, errors.map(connection.floor.graph.presentError))
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
  for (const id of connection.requests.keys()) refuse(connection, id, [asGraphqlError(gatewayStopping())])
  closeForRestart(connection)
}

function follow(connection: Connection, { id, caller, document, source, payload }: Operation): void {
  const { floor, subscriptions } = connection
  const { operationName = null, variables = null } = payload
  const operation = { caller, source, document, operationName, variables }
  subscriptions.set(id, floor.graph.subscriptions.subscribe(operation, new SocketOutlet(connection, id)))
}

/**
 * Executes a query or a mutation. Its result goes nowhere if its client has not waited for it.
 *
 * @param end called once it is over
 */
function answer(connection: Connection, { id, caller, document, payload }: Operation, end: () => void): void {
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
      contextValue: createContext({
        caller,
        signal: abort.signal,
        browser: { session: connection.session, exchange: undefined },
      }),
    })
    if (requests.get(id) !== abort) return
    const idJson = JSON.stringify(id)
    sendNext(connection, idJson, presentedJson(result, presentError))
    sendComplete(connection, idJson)
    endRequest(connection, id)
  }
  run()
    .catch((error: unknown) => failConnection(connection, error))
    .finally(end)
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

const tooManyOperations = ({ maxOperationsPerConnection }: SocketLimits) =>
  badRequest(
    `This connection has ${maxOperationsPerConnection} operations under way, which is the most. End subscriptions that no screen shows, wait for answers, or open another connection.`,
  )

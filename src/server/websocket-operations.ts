import { type GraphQLError, type GraphQLFormattedError, OperationTypeNode } from 'graphql'
import type { SubscribeMessage, SubscribePayload } from 'graphql-ws'
import { badRequest, GatewayError, gatewayStopping } from '../core/errors.ts'
import type { Caller } from '../core/identity.ts'
import { OperationCancelled } from '../core/operation.ts'
import { beginSpan } from '../core/tracing.ts'
import { asGraphqlError } from '../graphql/error-presentation.ts'
import type { RunnableOperation } from '../graphql/execution.ts'
import type { ChosenOperation } from '../graphql/operations.ts'
import type { SubscriptionOperation } from '../graphql/subscription-group.ts'
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

/** How much of an id the reason of a close shows, in characters of up to four bytes. */
const maxShownIdLength = 20

/** An operation whose document is good. */
interface Operation extends RunnableOperation, SubscriptionOperation {
  readonly id: string
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
    refuseUnrun(connection, id, errors)
    return
  }
  const { operationName = null, variables = null } = payload
  const operation = { id, caller, type, document, source, operationName, variables }
  if (type === OperationTypeNode.SUBSCRIPTION) {
    follow(connection, operation)
    return
  }
  const end = floor.graph.admission.begin({ callerKey: caller.credentialKey, network: connection.network })
  if (end instanceof GatewayError) refuseUnrun(connection, id, [asGraphqlError(end)])
  else answer(connection, operation, end)
}

/** Refuses an operation of which nothing was run, and tells of it as of those that were answered. */
function refuseUnrun(connection: Connection, id: string, refusals: readonly GraphQLError[]): void {
  const errors = refuse(connection, id, refusals)
  const { operationReport } = connection.floor.graph
  operationReport.answered({ document: undefined, operationName: null, errors, durationMs: undefined })
}

function chosenOperation(
  connection: Connection,
  { credentialKey }: Caller,
  payload: SubscribePayload,
): ChosenOperation {
  const { graph, limits } = connection.floor
  if (operationCount(connection) >= limits.maxOperationsPerConnection) {
    return { errors: [asGraphqlError(tooManyOperations(limits))] }
  }
  const refusal = graph.admission.refusalOf({ callerKey: credentialKey, network: connection.network })
  return refusal === undefined ? graph.chooseOperation(payload) : { errors: [asGraphqlError(refusal)] }
}

/** Tells of an operation that it has failed as a whole, which ends it. */
function refuse(
  connection: Connection,
  id: string,
  errors: readonly GraphQLError[],
): readonly GraphQLFormattedError[] {
  const shown = errors.map(connection.floor.graph.presentError)
  sendErrors(connection, id, shown)
  return shown
}

function checkId({ subscriptions, requests }: Connection, id: string): void {
  if (id.length > maxOperationIdLength) {
    throw new ConnectionFault(
      closeCodes.badRequest,
      `The id of an operation has at most ${maxOperationIdLength} characters.`,
    )
  }
  if (subscriptions.has(id) || requests.has(id)) {
    throw new ConnectionFault(closeCodes.operationExists, `Subscriber for ${shortened(id)} already exists`)
  }
}

/** An id as the reason of a close can have it, which has 123 bytes at most (RFC 6455, 5.5.1). */
function shortened(id: string): string {
  const characters = [...id]
  return characters.length > maxShownIdLength ? `${characters.slice(0, maxShownIdLength).join('')}…` : id
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

function follow(connection: Connection, { id, ...operation }: Operation): void {
  const { floor, subscriptions } = connection
  floor.graph.operationReport.answered({ ...operation, errors: undefined, durationMs: undefined })
  subscriptions.set(id, floor.graph.subscriptions.subscribe(operation, new SocketOutlet(connection, id)))
}

/**
 * Executes a query or a mutation. Its result goes nowhere if its client has not waited for it.
 *
 * @param end called once it is over
 */
function answer(connection: Connection, { id, caller, ...operation }: Operation, end: () => void): void {
  const { floor, requests } = connection
  const { execution, operationReport } = floor.graph
  const { type, field } = operationReport.kindOf(operation.document, operation.operationName)
  const beganAtMs = performance.now()
  const span = beginSpan(`${type} ${field}`, { kind: 'server', headers: {} })
  const abort = new AbortController()
  requests.set(id, abort)
  const run = async () => {
    const browser = { session: connection.session, exchange: undefined }
    const { json, errors } = await span.run(() =>
      execution(operation, { caller, browser }, () => abort.signal),
    )
    const durationMs = performance.now() - beganAtMs
    const isCancelled = errors !== undefined && abort.signal.aborted
    const { code } = operationReport.answered({ ...operation, errors, durationMs, isCancelled })
    span.end({ attributes: { 'graphql.operation.type': type, 'vaultline.outcome': code } })
    if (requests.get(id) !== abort) return
    const idJson = JSON.stringify(id)
    sendNext(connection, idJson, json)
    sendComplete(connection, idJson)
    endRequest(connection, id)
  }
  run()
    .catch((error: unknown) => {
      const isCancelled = error instanceof OperationCancelled
      const outcome = isCancelled ? 'CANCELLED' : 'INTERNAL_SERVER_ERROR'
      span.end({
        attributes: { 'graphql.operation.type': type, 'vaultline.outcome': outcome },
        isFailure: !isCancelled,
      })
      const durationMs = performance.now() - beganAtMs
      if (!isCancelled) failConnection(connection, error)
      else operationReport.answered({ ...operation, errors: undefined, durationMs, isCancelled })
    })
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

import type { FastifyReply, FastifyRequest } from 'fastify'
import { OperationTypeNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import { endOfTurn } from '../core/turn.ts'
import { asGraphqlError } from '../graphql/error-presentation.ts'
import type { Asker, ExecutedOperation, RunnableOperation } from '../graphql/execution.ts'
import type { OperationRequest } from '../graphql/operations.ts'
import type { GraphOptions } from './graphql-route.ts'
import { requestSignal, wasCancelled } from './request-signal.ts'

/** For how many values of `Accept` it is remembered what Apollo Server answers with. Clients have a handful. */
const maxAcceptValues = 100

/** A longer `Accept` is not remembered, in characters. */
const maxAcceptLength = 300

/** An operation that can be run as it is, and in which form its client takes the result. */
export interface KnownOperation extends RunnableOperation {
  readonly contentType: string
}

/** Operations that Apollo Server need not look at a second time. */
export interface KnownOperations {
  /** Undefined where the request is none of those: Apollo Server reads it, and answers. */
  find(request: FastifyRequest): KnownOperation | undefined
  /**
   * Runs it, reports it, and sends the answer.
   *
   * @throws OperationCancelled where the client has gone, or the gateway gives up
   */
  answer(
    known: KnownOperation,
    asker: Asker,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply>
  /** Remembers what Apollo Server has chosen by the `Accept` of a request that it has answered. */
  learn(request: FastifyRequest, reply: FastifyReply): void
}

/**
 * Makes the short way through `POST /graphql`. Screens send the same few documents all day, in the same form. Where a document has
 * been run before, and Apollo Server has chosen the type of an answer by the same `Accept`, the request is run as those of other
 * transports are, which costs less. Whatever is new, odd or wrong goes the long way.
 */
export function createKnownOperations({
  chooseOperation,
  execution,
  operationReport,
  presentError,
  stopping,
}: Pick<
  GraphOptions,
  'chooseOperation' | 'execution' | 'operationReport' | 'presentError' | 'stopping'
>): KnownOperations {
  const contentTypes = new LRUCache<string, string>({ max: maxAcceptValues })
  const acceptOf = ({ headers }: FastifyRequest) => headers.accept ?? ''

  return {
    find(request) {
      const contentType = contentTypes.get(acceptOf(request))
      const asked = plainRequest(request)
      const chosen = asked && chooseOperation.known(asked)
      if (asked === undefined || contentType === undefined || chosen?.document === undefined) return undefined
      const { document, type } = chosen
      if (type === OperationTypeNode.SUBSCRIPTION) return undefined
      const { operationName = null, variables = null } = asked
      return { type, document, operationName, variables, contentType }
    },
    async answer(known, asker, request, reply) {
      let signal: AbortSignal | undefined
      const signalOf = () => {
        signal ??= requestSignal(reply, stopping)
        return signal
      }
      const beganAtMs = performance.now()
      const report = (errors: ExecutedOperation['errors']) => {
        const { document, operationName } = known
        const durationMs = performance.now() - beganAtMs
        const isCancelled = signal !== undefined && wasCancelled(errors, signal, stopping)
        request.operation = operationReport.answered({
          document,
          operationName,
          errors,
          durationMs,
          isCancelled,
        })
      }
      const send = ({ json, errors, hasData }: ExecutedOperation) => {
        report(errors)
        return reply
          .code(hasData ? 200 : 400)
          .header('content-type', known.contentType)
          .send(json)
      }
      const executed = await execution(known, asker, signalOf).catch((error: unknown) => {
        report([presentError(asGraphqlError(error))])
        throw error
      })
      await endOfTurn()
      return send(executed)
    },
    learn(request, reply) {
      const accept = acceptOf(request)
      const contentType = reply.getHeader('content-type')
      const isLearnable = reply.statusCode === 200 && accept.length <= maxAcceptLength
      if (isLearnable && typeof contentType === 'string') contentTypes.set(accept, contentType)
    },
  }
}

/** What nearly all clients send: the parameters of GraphQL over HTTP as JSON, each of its own type. */
function plainRequest({ method, headers, body }: FastifyRequest): OperationRequest | undefined {
  if (method !== 'POST' || !isJson.test(headers['content-type'] ?? '') || !isRecord(body)) return undefined
  const { query, operationName, variables, extensions } = body
  const isPlain =
    isTextOrNothing(query) &&
    isTextOrNothing(operationName) &&
    isRecordOrNothing(variables) &&
    isRecordOrNothing(extensions)
  return isPlain ? { query, operationName, variables, extensions } : undefined
}

const isJson = /^application\/json(?:; *charset=utf-8)?$/i

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isRecordOrNothing = (value: unknown): value is Readonly<Record<string, unknown>> | null | undefined =>
  value === undefined || value === null || isRecord(value)

const isTextOrNothing = (value: unknown): value is string | null | undefined =>
  value === undefined || value === null || typeof value === 'string'

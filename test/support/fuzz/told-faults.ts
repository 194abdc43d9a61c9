import { type DocumentNode, type GraphQLSchema, OperationTypeNode, parse, validate } from 'graphql'
import { answerCodes } from '../../../src/graphql/answer-code.ts'
import { answerFaults, envelopeFaults } from './answer-faults.ts'
import type { Told } from './fuzz-transports.ts'
import type { SentOperation } from './near-misses.ts'

/** Words of programs and machines that no client may read, whatever it has asked for. */
const internals =
  /node_modules|\.[cm]?[jt]s:\d+|\bat [\w.<>]+ \(|file:\/\/|(Type|Reference|Range|Syntax)Error\b|Cannot read prop|is not a function|is not iterable|E(CONN|PIPE|NOTFOUND|ADDR)[A-Z]*|\[object |ZodError|UND_ERR/

/** What may be looked for in what was told. */
export interface ToldCheck {
  readonly schema: GraphQLSchema
  readonly sent: SentOperation | undefined
  readonly told: Told
  /** Credentials that must not come back. */
  readonly secrets: readonly string[]
}

/**
 * What is wrong with what a client was told: its form, a code that is none, words of the inside, a credential, or an HTTP
 * status that does not fit. Empty: nothing.
 */
export function toldFaults({ schema, sent, told, secrets }: ToldCheck): readonly string[] {
  const document = sent === undefined ? undefined : validDocument(schema, sent.query)
  const faults = told.answers.flatMap((answer) => [
    ...(document !== undefined && sent !== undefined && isAnswer(answer)
      ? answerFaults({ schema, document, ...sent, answer })
      : envelopeFaults(answer)),
    ...errorsOf(answer).flatMap((error) => errorFaults(error)),
    ...statusFaults(told, answer),
  ])
  faults.push(...wordFaults(told.text, secrets))
  return faults
}

function wordFaults(text: string, secrets: readonly string[]): readonly string[] {
  const [internal] = internals.exec(text) ?? []
  const secret = secrets.find((one) => text.includes(one))
  return [
    ...(internal === undefined ? [] : [`the inside is told: ${internal}`]),
    ...(secret === undefined ? [] : [`a credential is told: ${secret}`]),
  ]
}

/** What is wrong with the answer of a route of files: what is no file is an error that is told as `/graphql` tells it. */
export function fileFaults({ status = 0, text }: Told, secrets: readonly string[]): readonly string[] {
  const isFile = status < 300
  const answer = isFile ? undefined : parsedOrNot(text)
  const statuses = [200, 400, 401, 403, 404, 409, 413, 429, 502, 503, 504]
  return [
    ...(statuses.includes(status) ? [] : [`HTTP ${status}`]),
    ...(isFile ? [] : [...envelopeFaults(answer), ...errorsOf(answer).flatMap(errorFaults)]),
    ...(isFile ? [] : wordFaults(text, secrets)),
  ]
}

function parsedOrNot(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function validDocument(schema: GraphQLSchema, query: string): DocumentNode | undefined {
  try {
    const document = parse(query)
    const isConditional = /subscription/.test(query) && /@(skip|include)/.test(query)
    return !isConditional && validate(schema, document).length === 0 ? document : undefined
  } catch {
    return undefined
  }
}

function errorFaults(error: unknown): readonly string[] {
  const code = at(at(error, 'extensions'), 'code')
  if (!answerCodes.some((one) => one === code)) return [`an error has the code ${String(code)}`]
  if (code === 'INTERNAL_SERVER_ERROR') return ['an error was masked']
  const message = String(at(error, 'message'))
  return message.trim().length < 10 ? [`an error says no more than ${message}`] : []
}

/** HTTP 200 says that an operation was run, or begun (`docs/errors.md`). */
function statusFaults({ status }: Told, answer: unknown): readonly string[] {
  if (status === undefined) return []
  const hasData = isAnswer(answer) && answer['data'] !== undefined
  if (status >= 500) return [`HTTP ${status}`]
  if (status !== 200 && hasData) return [`HTTP ${status} with data`]
  return []
}

const errorsOf = (answer: unknown): readonly unknown[] => {
  const errors = at(answer, 'errors')
  return Array.isArray(errors) ? errors : []
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined

const isAnswer = (answer: unknown): answer is Readonly<Record<string, unknown>> =>
  typeof answer === 'object' && answer !== null && !Array.isArray(answer)

/** Whether an operation may be sent by GET. */
export const isQuery = ({ type }: { readonly type: OperationTypeNode }) => type === OperationTypeNode.QUERY

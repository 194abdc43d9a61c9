import { request } from 'undici'
import { codesIn } from './answers.ts'
import type { Stage } from './stage.ts'

/** What a client sends. */
export interface Asked {
  readonly act: string
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** Codes of errors that it provokes. */
  readonly explained?: readonly string[]
  /** Default: one of the callers. */
  readonly session?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The name of an operation, a hash: what goes along in the body. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** An answer over plain HTTP. */
export interface Answered {
  readonly text: string
  readonly cookie: string | undefined
}

/** Asks the graph over plain HTTP, and notes what came back. */
export async function ask(stage: Stage, asked: Asked): Promise<Answered> {
  const { act, query, variables = {}, explained = [], session = stage.callers.session(), more = {} } = asked
  const { statusCode, body, headers } = await request(`${stage.httpUrl}/graphql`, {
    dispatcher: stage.agent(),
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(session === '' ? {} : { authorization: session }),
      ...stage.callers.address(),
      ...asked.headers,
    },
    body: JSON.stringify({ query, variables, ...more }),
  })
  const text = await body.text()
  if (statusCode >= 500 && !text.includes('"extensions"')) stage.answers.note(act, `HTTP ${statusCode}`)
  for (const code of codesIn(text)) stage.answers.note(act, code, explained)
  const [cookie] = [headers['set-cookie'] ?? []].flat()
  return { text, cookie: cookie?.split(';')[0] }
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'

/** Headers that belong to a connection, not to an answer. */
const hopByHop: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding'])

/** A Vault that answers what a sandbox has answered before. */
export interface RecordedVault extends AsyncDisposable {
  readonly url: string
  /** How many calls have come. */
  calls(): number
}

interface Recorded {
  readonly status: number
  /** Names and values in turn, as `writeHead` takes them fastest. */
  readonly headers: readonly string[]
  readonly body: Buffer
}

/**
 * Starts a Vault that asks the sandbox once for each address and session, and gives the same bytes to everyone who asks again:
 * as the load's core has to do the rest too, an answer may not cost what a sandbox takes to work it out. A job that is said to
 * stand for others gives its answer for each of them, with their id in place of its own.
 *
 * @param standIn the id of the job that stands for all whose ids have as many digits and begin with the same one
 */
export async function startRecordedVault(sandbox: Sandbox, standIn: string): Promise<RecordedVault> {
  const answers = new Map<string, Promise<Recorded>>()
  const others = new RegExp(`/services/jobs/(${standIn[0]}\\d{${standIn.length - 1}})$`)
  let count = 0

  const answerTo = (url: string, session: string) => {
    const key = `${session} ${url}`
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = record(`${sandbox.vault.url}${url}`, session)
    answers.set(key, answer)
    return answer
  }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { url = '', headers } = request
    const [, id] = others.exec(url) ?? []
    const path = id === undefined ? url : url.replace(id, standIn)
    const { status, headers: ours, body } = await answerTo(path, headers.authorization ?? '')
    response.writeHead(status, [...ours])
    response.end(id === undefined ? body : withId(body, standIn, id))
  }
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    count += 1
    request.resume()
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    calls: () => count,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function record(url: string, session: string): Promise<Recorded> {
  const answer = await fetch(url, { headers: session === '' ? {} : { authorization: session } })
  const headers = [...answer.headers].filter(([name]) => !hopByHop.has(name)).flat()
  return { status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) }
}

/** The same answer about another job: its id has as many digits, so nothing else changes. */
function withId(body: Buffer, from: string, to: string): string {
  return body.toString('latin1').replaceAll(from, to)
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The recorded Vault has no port.')
  return address.port
}

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** How many connections ask at the same time, each again as soon as it has its answer. */
const connections = 50

/** Who has no answer after this time is counted as an error, in seconds. */
const patienceSecs = 10

/** What is sent. */
export interface WrkLoad {
  readonly url: string
  /** Who ask, in turn. */
  readonly sessions: readonly string[]
  /** JSON in which {@link idPlace}, if it is there, becomes the next of the ids. */
  readonly body: string
  readonly ids: { readonly first: number; readonly end: number }
  readonly seconds: number
}

/** What stands in a body in place of an id. It is as long as an id. */
export const idPlace = '999999999'

/** What a run of wrk has seen. */
export interface WrkResult {
  /** Requests that were answered, errors among them. */
  readonly answered: number
  /** Those, and the ones that were under way at the end. */
  readonly sent: number
  readonly tookMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers with another status than 2xx, with GraphQL errors or without a job; broken connections; answers that did not come. */
  readonly errors: number
}

/**
 * Runs wrk on this process's core: its requests cost a fraction of what those of a program for Node do.
 *
 * @throws Error where wrk is not installed
 */
export async function runWrk(load: WrkLoad): Promise<WrkResult> {
  const folder = mkdtempSync(join(tmpdir(), 'vaultline-wrk-'))
  try {
    const script = join(folder, 'load.lua')
    writeFileSync(script, scriptOf(load))
    const args = [
      '-t1',
      `-c${connections}`,
      `-d${load.seconds}s`,
      `--timeout=${patienceSecs}s`,
      '-s',
      script,
      load.url,
    ]
    const { stdout } = await run('wrk', args)
    return readResult(stdout)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Error('The load is wrk, which is not installed: `apt-get install wrk`.')
    throw error
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function readResult(stdout: string): WrkResult {
  const [, text] = /^result: (.*)$/m.exec(stdout) ?? []
  if (text === undefined) throw new Error(`wrk gave no result:\n${stdout}`)
  const [answered = 0, sent = 0, tookUs = 0, p50Us = 0, p99Us = 0, errors = 0] = text.split(' ').map(Number)
  return { answered, sent, tookMs: tookUs / 1000, p50Ms: p50Us / 1000, p99Ms: p99Us / 1000, errors }
}

/** The request is put together by hand, since `wrk.format` would do it anew each time. */
function scriptOf({ url, sessions, body, ids }: WrkLoad): string {
  const { host, pathname } = new URL(url)
  const [before = '', after = ''] = body.split(idPlace)
  const beginning = (session: string) => {
    const head = [
      `POST ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: ${session}`,
      'Content-Type: application/json',
      'Accept: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ].join('\\r\\n')
    return `"${head}\\r\\n\\r\\n" .. ${longString(before)}`
  }
  return `
local beginnings = { ${sessions.map(beginning).join(', ')} }
local after = ${longString(after)}
local hasId = ${body.includes(idPlace)}
local id = ${ids.first - 1}
sent = 0
failed = 0

function request()
  sent = sent + 1
  local before = beginnings[sent % #beginnings + 1]
  if not hasId then return before end
  id = id + 1
  if id >= ${ids.end} then id = ${ids.first} end
  return before .. id .. after
end

function response(status, _, body)
  if status < 200 or status > 299 or not body:find('"status":"', 1, true) or body:find('"errors"', 1, true) then
    failed = failed + 1
  end
end

local threads = {}
function setup(thread)
  table.insert(threads, thread)
end

function done(summary, latency)
  local sent, failed = 0, 0
  for _, thread in ipairs(threads) do
    sent = sent + thread:get("sent")
    failed = failed + thread:get("failed")
  end
  local errors = summary.errors
  io.write(string.format("result: %d %d %d %d %d %d\\n",
    summary.requests, sent, summary.duration, latency:percentile(50), latency:percentile(99),
    failed + errors.connect + errors.read + errors.write + errors.timeout))
end
`
}

const longString = (text: string) => `[==[${text}]==]`

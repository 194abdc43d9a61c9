/** How long a newcomer waits: from `npm start` to the first answer. See README.md. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { startSandbox } from '../src/sandbox/sandbox.ts'
import { report, shown } from './support/report.ts'
import { percentile } from './support/statistics.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
})

/** Runs something several times. @returns how long each took, in milliseconds */
async function times(run: (beganAtMs: number) => Promise<number>): Promise<readonly number[]> {
  const tookMs: number[] = []
  for (let round = 0; round < Number(options.rounds); round += 1) tookMs.push(await run(performance.now()))
  return tookMs
}

async function sandboxStart(beganAtMs: number): Promise<number> {
  const sandbox = await startSandbox()
  const tookMs = performance.now() - beganAtMs
  await sandbox.stop()
  return tookMs
}

/** Starts a gateway on its own sandbox by a command, and asks it for the active jobs. */
async function firstAnswer(command: string, args: readonly string[], beganAtMs: number): Promise<number> {
  // A process group of its own, since npm does not hand a signal on.
  const child = spawn(command, args, {
    cwd: new URL('..', import.meta.url),
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const url = await announcedUrl(child)
  const answer = await fetch(`${url}?query=${encodeURIComponent('{ activeJobs { totalCount } }')}`)
  await answer.text()
  const tookMs = performance.now() - beganAtMs
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
  await once(child, 'close')
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`)
  return tookMs
}

async function announcedUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no standard output')
  for await (const line of createInterface({ input: stdout })) {
    const [, url] = /ready: (http:\/\/\S+)/.exec(line) ?? []
    if (url === undefined) continue
    stdout.resume()
    return url
  }
  throw new Error('the gateway ended before it was ready')
}

function rowOf(name: string, tookMs: readonly number[]): readonly string[] {
  return [name, ...[0, 0.5, 1].map((share) => shown(percentile(tookMs, share)))]
}

const rows = [
  rowOf("the sandbox's start, with all that is in it", await times(sandboxStart)),
  rowOf(
    '`node src/main.ts` to the first answer',
    await times((beganAtMs) => firstAnswer(process.execPath, ['src/main.ts'], beganAtMs)),
  ),
  rowOf(
    '`npm start` to the first answer',
    await times((beganAtMs) => firstAnswer('npm', ['start'], beganAtMs)),
  ),
]
const columns = ['', 'least ms', 'median ms', 'most ms']
report('start', { table: { columns, rows } }, options.write)

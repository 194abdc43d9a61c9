/** What reading a profile costs: time, memory, and how long the gateway answers nobody else. See README.md. */
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { createSamplyProfile } from '../src/sandbox/profile/samply-profile.ts'
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.ts'
import { report, shown } from './support/report.ts'
import { type ServerProcess, startServerProcess } from './support/server-process.ts'

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1,10,50' },
    write: { type: 'boolean', default: false },
  },
})

const bytesPerMegabyte = 1e6

/** How much a second of sampling adds to a profile of the sandbox, in bytes of its gzip. */
const bytesPerSecond = 6100

/** With everything in it that an answer can have. */
const query = `{
  samplyProfile(pipelineName: "orders") {
    ... on SamplyProfile {
      analysis {
        sampleCount
        hotFunctions(first: 500) { name library selfSamples totalSamples selfShare totalShare }
        flameGraph(minShare: 0, maxDepth: 1000) { name library depth parent start selfSamples totalSamples }
        inverted: flameGraph(minShare: 0, inverted: true) { name totalSamples }
      }
    }
  }
}`

interface Measured {
  readonly sizeBytes: number
  readonly jsonBytes: number
  readonly firstMs: number
  readonly againMs: number
  readonly idleBytes: number
  readonly peakBytes: number
  readonly longestBlockMs: number
}

async function measure(megabytes: number): Promise<Measured> {
  const durationSecs = Math.round((megabytes * bytesPerMegabyte) / bytesPerSecond)
  const profile = createSamplyProfile({ product: 'orders', durationSecs })
  const sandbox = await startSandbox({ scene: 'empty' })
  sandbox.feldera.addPipeline({ name: 'orders', profile })
  try {
    await using server = await start(sandbox)
    const idleBytes = await server.residentBytes()
    await ask(server, '{ pipelines { name } }')
    await server.longestBlockMs()
    const firstMs = await ask(server, query)
    const againMs = await ask(server, query)
    return {
      sizeBytes: profile.length,
      jsonBytes: gunzipSync(profile).length,
      firstMs,
      againMs,
      idleBytes,
      peakBytes: server.peakBytes(),
      longestBlockMs: await server.longestBlockMs(),
    }
  } finally {
    await sandbox.stop()
  }
}

/** On all cores, since the point is what runs beside the main thread. */
const start = ({ vault, feldera }: Sandbox) =>
  startServerProcess('src/main.ts', { VAULT_URL: vault.url, FELDERA_URL: feldera.url }, { cores: '0-1' })

/** @returns how long the answer took, in milliseconds */
async function ask({ url }: ServerProcess, document: string): Promise<number> {
  const beganAtMs = performance.now()
  const answer = await fetch(url.replace(/^ws/, 'http'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'feldera-authorization': 'Bearer apikey:bench' },
    body: JSON.stringify({ query: document }),
  })
  const text = await answer.text()
  if (text.includes('"errors"')) throw new Error(text.slice(0, 500))
  return performance.now() - beganAtMs
}

const rows: (readonly string[])[] = []
for (const megabytes of options.megabytes.split(',').map(Number)) {
  const measured = await measure(megabytes)
  rows.push([
    shown(measured.sizeBytes / bytesPerMegabyte, 1),
    shown(measured.jsonBytes / bytesPerMegabyte),
    shown(measured.firstMs / 1000, 2),
    shown(measured.againMs / 1000, 3),
    shown(measured.idleBytes / bytesPerMegabyte),
    shown(measured.peakBytes / bytesPerMegabyte),
    shown(measured.longestBlockMs, 1),
  ])
}
const columns = [
  'MB of gzip',
  'MB of JSON',
  'seconds to the answer',
  'asked again',
  'MB before',
  'MB at most',
  'longest block ms',
]
report('profile', { table: { columns, rows } }, options.write)

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { redisMissing } from '../support/redis-server.ts'

const run = promisify(execFile)

const needsLinux = process.platform === 'linux' ? false : 'the benchmarks run on Linux'

it('the benchmark of a fleet still runs, and ends with a row for one replica and one for two', {
  skip: needsLinux || redisMissing,
}, async () => {
  const { stdout } = await run(process.execPath, ['bench/fleet.ts', '--smoke'])
  assert.deepEqual(
    [...stdout.matchAll(/^\| (\d) \| \d/gm)].map(([, replicas]) => replicas),
    ['1', '2'],
  )
})

it('the benchmark of profiles still runs, and ends with a row', { skip: needsLinux }, async () => {
  const { stdout } = await run(process.execPath, ['bench/profile.ts', '--megabytes=0.1'])
  assert.match(stdout, /^\| 0\.1 \| \d+ \| \d/m)
})

it('the benchmark of polling still runs, and ends with a row for the gateway and one for the peer', {
  skip: needsLinux,
}, async () => {
  const { stdout } = await run(process.execPath, ['bench/polling.ts', '--smoke'])
  const rows = [...stdout.matchAll(/^\| `jobUpdated` \| 3 \| 1 \| ([^|]+) \| \d/gm)].map(([, name]) => name)
  assert.deepEqual(rows, ['Vaultline', 'graphql-ws, each polls'])
})

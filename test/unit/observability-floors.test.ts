import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const root = join(import.meta.dirname, '../..')

/** Where a package is imported when a file of `src/` is loaded, and where only when it is called for. */
function importersOf(packages: RegExp) {
  const found = { atOnce: new Set<string>(), lazily: new Set<string>() }
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    const code = readFileSync(join(root, file), 'utf8')
    for (const [, statement = '', name = ''] of code.matchAll(/(from |^import |import\()'([^'.][^']*)'/gm)) {
      if (packages.test(name)) (statement === 'import(' ? found.lazily : found.atOnce).add(file)
    }
  }
  return { atOnce: [...found.atOnce], lazily: [...found.lazily] }
}

describe('what observes the gateway', () => {
  it('the SDK of OpenTelemetry is loaded in one place, and only where something is traced', () => {
    assert.deepEqual(importersOf(/^@opentelemetry\/(?!api$)/), { atOnce: [], lazily: ['src/tracing.ts'] })
  })

  it('prom-client is known in src/metrics alone', () => {
    const { atOnce, lazily } = importersOf(/^prom-client$/)
    assert.deepEqual(lazily, [])
    assert.ok(atOnce.length > 3)
    assert.deepEqual(
      atOnce.filter((file) => !file.startsWith('src/metrics/')),
      [],
    )
  })
})

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'

const root = join(import.meta.dirname, '../..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

describe('what is written down', () => {
  it('docs/architecture.md names every bound in the code, with its value and its file', () => {
    const files = globSync('src/**/*.ts', { cwd: root }).filter(
      (file) => !/^src\/(sandbox|generated)\//.test(file),
    )
    const bounds = files.flatMap((file) =>
      [...textOf(file).matchAll(/^(?:export )?const (\w+) = (\d[\d_ *-]*)$/gm)]
        .filter(([, name = '']) => !name.endsWith('Code'))
        .map(([, name, value]) => `${name} = ${value} in ${file}`),
    )
    const rows = [
      ...textOf('docs/architecture.md').matchAll(/^\| `(\w+)` +\| `([^`]+)` +\| `(src[^`]+)` +\|/gm),
    ]
    assert.deepEqual(
      rows.map(([, name, value, file]) => `${name} = ${value} in ${file}`).toSorted(),
      bounds.toSorted(),
    )
  })

  it('links of documents lead to files that are there', () => {
    const documents = globSync(['*.md', 'docs/*.md', 'src/*/README.md'], { cwd: root })
    assert.ok(documents.length > 8)
    for (const document of documents) {
      for (const [, target = ''] of textOf(document).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
        assert.ok(
          globSync(join(dirname(document), target), { cwd: root }).length > 0,
          `${document}: ${target}`,
        )
      }
    }
  })
})

import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
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

  it('the tests that docs/protocols.md names are there', () => {
    const rows = [...textOf('docs/protocols.md').matchAll(/^\| [^|]*\| `([^`]+)` \| (.+) \|$/gm)]
    assert.ok(rows.length > 50)
    for (const [, file, name = ''] of rows) {
      assert.ok(textOf(`test/${file}.test.ts`).includes(name), `${file}: ${name}`)
    }
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

  it('tests that SECURITY.md names are there', () => {
    const [, table = ''] = textOf('SECURITY.md').split('## Attacks, and the tests')
    const named = table
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap((line) => [...(line.split(' | ').at(-1) ?? '').matchAll(/`([^`]+)`/g)])
      .map(([, name = '']) => (name.startsWith('unit/') ? name : `e2e/${name}`))
    assert.ok(named.length > 50)
    assert.deepEqual(
      named.filter((name) => !existsSync(join(root, 'test', `${name}.test.ts`))),
      [],
    )
  })
})

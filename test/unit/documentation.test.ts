import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { dockerStages } from '../support/dockerfile.ts'

const root = join(import.meta.dirname, '../..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

/** Flags of a command line for Node, but for where settings are and whether to watch the code. */
const flagsOf = (words: readonly string[]) =>
  words.filter((word) => /^--(?!env-file|watch)/.test(word)).toSorted()

describe('what is written down', () => {
  it('Node has the same flags by npm start, by npm run dev and in the image', () => {
    const { scripts }: { scripts: Record<'start' | 'dev', string> } = JSON.parse(textOf('package.json'))
    const flags = flagsOf(scripts.start.split(' '))
    assert.ok(flags.length > 0)
    assert.deepEqual(flagsOf(scripts.dev.split(' ')), flags)
    assert.deepEqual(flagsOf(dockerStages().at(-1)?.command ?? []), flags)
  })

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

  it('the README of each floor names every file of it', () => {
    const readmes = globSync('src/*/README.md', { cwd: root }).filter((file) => !file.includes('sandbox'))
    assert.equal(readmes.length, 9)
    for (const readme of readmes) {
      const files = globSync('*.ts', { cwd: join(root, dirname(readme)) })
      const text = textOf(readme)
      assert.deepEqual(
        files.filter((file) => !text.includes(`\`${file}\``)),
        [],
        readme,
      )
    }
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

import { readFileSync, writeFileSync } from 'node:fs'
import { machine } from './machine.ts'

const file = new URL('../../docs/benchmarks.md', import.meta.url)

/** A table: the names of its columns, and its rows. */
export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What a benchmark has found. */
export interface Findings {
  readonly table: Table
  /** A sentence about how it went. */
  readonly note?: string
}

/** A number as tables show it: with thousands apart, and as many digits behind the point as are wanted. */
export const shown = (value: number, digits = 0) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/**
 * Prints what a benchmark has measured, and where it is wanted puts it into `docs/benchmarks.md`, between the marks
 * `<!-- name -->` and `<!-- /name -->`.
 *
 * @throws Error where the page has no such marks
 */
export function report(name: string, { table, note = '' }: Findings, isWanted: boolean): void {
  const text = markdown(table)
  process.stdout.write(`\n${text}\n${note}\n`)
  if (!isWanted) return
  const page = readFileSync(file, 'utf8')
  const [before, after] = page.split(new RegExp(`(?<=<!-- ${name} -->\n)[\\s\\S]*(?=<!-- /${name} -->)`))
  if (before === undefined || after === undefined)
    throw new Error(`docs/benchmarks.md has no marks for ${name}`)
  const day = new Date().toISOString().slice(0, 10)
  const command = ['node', `bench/${name}.ts`, ...process.argv.slice(2)].join(' ')
  const origin = `\`${command}\` on ${day}: ${machine()}. ${note}`.trim()
  writeFileSync(file, `${before}\n${origin}\n\n${text}\n\n${after}`)
}

function markdown({ columns, rows }: Table): string {
  const lines = [columns, columns.map((_, index) => (index === 0 ? '---' : '--:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

import { UnreadableResults } from './unreadable.ts'

/** The columns that hold text, by Vault's names (API reference, SDK Request Profiler, Download Results). */
export const textColumns = ['timestamp', 'user_id', 'user_name', 'execution_id', 'sdk_request_id'] as const

/** The columns that hold numbers: entry points, nanoseconds, milliseconds, bytes. */
export const numberColumns = ['sdk_count', 'sdk_cpu_time', 'sdk_elapsed_time', 'sdk_gross_memory'] as const

/** One of {@link textColumns}. */
export type TextColumn = (typeof textColumns)[number]

/** One of {@link numberColumns}. */
export type NumberColumn = (typeof numberColumns)[number]

/** Any column that is known. */
export type Column = TextColumn | NumberColumn

/** Without these there is nothing to sum up. */
const requiredColumns: readonly Column[] = ['user_id', 'sdk_cpu_time', 'sdk_elapsed_time']

/** Where each column stands in a row, from 0. One that is not there is left out. */
export type Positions = Readonly<Partial<Record<Column, number>>>

/**
 * Reads the row of headings. Vault's documentation names the columns, but shows neither their order nor how they are
 * spelled in the file: case, spaces, underscores, hyphens and quotes make no difference, and columns that nobody knows
 * are passed over. Of two with one name the first counts.
 *
 * @throws UnreadableResults naming the required columns that are not there
 */
export function positionsOf(headings: readonly string[]): Positions {
  const spelled = headings.map(bareName)
  const positions: Partial<Record<Column, number>> = {}
  for (const column of [...textColumns, ...numberColumns]) {
    const position = spelled.indexOf(bareName(column))
    if (position !== -1) positions[column] = position
  }
  const missing = requiredColumns.filter((column) => positions[column] === undefined)
  if (missing.length > 0) {
    const names = missing.map((column) => `\`${column}\``).join(', ')
    throw new UnreadableResults(`the CSV has no column ${names}`)
  }
  return positions
}

const bareName = (heading: string) => heading.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

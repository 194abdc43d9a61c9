import { type NumberColumn, numberColumns, type Positions, textColumns } from './header.ts'
import { type Numbers, sharedBytes, sharedNumbers, sharedWholeNumbers, type TextCells } from './table.ts'
import { repeated, UnreadableResults } from './unreadable.ts'

/** What the cells of a file become, before anything is sorted. */
export interface Columns {
  readonly rowCount: number
  readonly numbers: Readonly<Record<NumberColumn, Numbers>>
  readonly text: TextCells
}

/** Takes rows in, one after the other. */
export interface ColumnsBuilder {
  rowCount(): number
  /** @param cells of a row; those that it does not have are empty */
  add(cells: readonly string[]): void
  /** @throws UnreadableResults where costs are there, and none of them is a number */
  finish(): Columns
}

/** Makes a builder of the columns that stand at these positions. */
export function createColumnsBuilder(positions: Positions): ColumnsBuilder {
  const text = createTextCells()
  const numbers = {
    sdk_count: createNumbers(wholeNumberOf),
    sdk_cpu_time: createNumbers(wholeNumberOf),
    sdk_elapsed_time: createNumbers(numberOf),
    sdk_gross_memory: createNumbers(wholeNumberOf),
  }
  let rowCount = 0
  return {
    rowCount: () => rowCount,
    add(cells) {
      rowCount += 1
      for (const column of textColumns) text.add(cellAt(cells, positions[column]))
      for (const column of numberColumns) numbers[column].add(cellAt(cells, positions[column]))
    },
    finish() {
      assertReadable('sdk_cpu_time', numbers.sdk_cpu_time)
      assertReadable('sdk_elapsed_time', numbers.sdk_elapsed_time)
      return {
        rowCount,
        numbers: {
          sdk_count: numbers.sdk_count.finish(),
          sdk_cpu_time: numbers.sdk_cpu_time.finish(),
          sdk_elapsed_time: numbers.sdk_elapsed_time.finish(),
          sdk_gross_memory: numbers.sdk_gross_memory.finish(),
        },
        text: text.finish(),
      }
    },
  }
}

const cellAt = (cells: readonly string[], position: number | undefined) =>
  position === undefined ? '' : (cells[position] ?? '')

const numberPattern = /^\d+(?:\.\d+)?(?:e\+?\d+)?$/i

/** What stands where nothing was measured: nothing, or -1 as in Java's own counters. */
const nothingPattern = /^\s*(?:-1\s*)?$/

/** What a cell says as a number. What cannot be a cost is none: that costs the cell and not its row. */
function numberOf(cell: string): number {
  const digits = cell.trim()
  const value = numberPattern.test(digits) ? Number(digits) : Number.NaN
  return value <= Number.MAX_SAFE_INTEGER ? value : Number.NaN
}

const wholeNumberOf = (cell: string) => Math.round(numberOf(cell))

interface NumbersBuilder {
  add(cell: string): void
  /** The first cell with something that is no number, as long as no number has come. */
  unread(): string | undefined
  finish(): Numbers
}

function createNumbers(read: (cell: string) => number): NumbersBuilder {
  const values: number[] = []
  let hasNumber = false
  let firstUnread: string | undefined
  return {
    add(cell) {
      const value = read(cell)
      values.push(value)
      if (!Number.isNaN(value)) hasNumber = true
      else if (!nothingPattern.test(cell)) firstUnread ??= cell
    },
    unread: () => (hasNumber ? undefined : firstUnread),
    finish: () => sharedNumbers(values),
  }
}

/** One cell that is no number is an oddity; a whole column of them is a format that nobody knows here. */
function assertReadable(column: NumberColumn, numbers: NumbersBuilder): void {
  const cell = numbers.unread()
  if (cell === undefined) return
  throw new UnreadableResults(
    `no number in the column \`${column}\` can be read: the first is ${repeated(cell)}`,
  )
}

interface TextCellsBuilder {
  add(cell: string): void
  finish(): TextCells
}

function createTextCells(): TextCellsBuilder {
  let bytes = Buffer.alloc(64 * 1024)
  let end = 0
  const ends: number[] = []
  return {
    add(cell) {
      // UTF-8 takes three bytes at most for one of JavaScript's characters.
      const needed = end + cell.length * 3
      if (needed > bytes.length) bytes = Buffer.concat([bytes], Math.max(needed, bytes.length * 2))
      end += bytes.write(cell, end)
      ends.push(end)
    },
    finish: () => ({ bytes: sharedBytes(bytes.subarray(0, end)), ends: sharedWholeNumbers(ends) }),
  }
}

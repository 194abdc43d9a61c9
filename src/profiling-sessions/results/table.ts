import type { ProfilingResultOrder } from '../../generated/resolvers.ts'
import type { ProfilingResult, ProfilingSession } from '../model.ts'
import { type NumberColumn, type TextColumn, textColumns } from './header.ts'

/**
 * The rows of a file, column by column in memory that threads share: a worker fills it, and the main thread has it without
 * copying anything. As objects, 100,000 rows would hold up the main thread when they arrive. What a table takes is known to
 * the byte, too.
 */
export interface ResultTable {
  readonly rowCount: number
  readonly numbers: Readonly<Record<NumberColumn, Numbers>>
  readonly text: TextCells
  /** For each order the rows in that order. */
  readonly orders: Readonly<Record<ProfilingResultOrder, RowNumbers>>
}

/** A value for each row; NaN where the row has none. */
export type Numbers = Float64Array<SharedArrayBuffer>

/** Rows by their place in the file, from 0. */
export type RowNumbers = Uint32Array<SharedArrayBuffer>

/** The text of all rows: for each row its cells in the order of {@link textColumns}. */
export interface TextCells {
  /** UTF-8, one cell behind the other. */
  readonly bytes: Uint8Array<SharedArrayBuffer>
  /** Where each cell ends. */
  readonly ends: Uint32Array<SharedArrayBuffer>
}

/** Puts numbers into shared memory. */
export function sharedNumbers(values: ArrayLike<number>): Numbers {
  const shared = new Float64Array(new SharedArrayBuffer(values.length * Float64Array.BYTES_PER_ELEMENT))
  shared.set(values)
  return shared
}

/** Puts whole numbers from 0 to 2^32 - 1 into shared memory. */
export function sharedWholeNumbers(values: ArrayLike<number>): RowNumbers {
  const shared = new Uint32Array(new SharedArrayBuffer(values.length * Uint32Array.BYTES_PER_ELEMENT))
  shared.set(values)
  return shared
}

/** Puts bytes into shared memory. */
export function sharedBytes(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
  shared.set(bytes)
  return shared
}

/** What a table takes, in bytes. */
export function sizeOf({ numbers, text, orders }: ResultTable): number {
  const parts = [...Object.values(numbers), text.bytes, text.ends, ...Object.values(orders)]
  return parts.reduce((total, { byteLength }) => total + byteLength, 0)
}

/** The text in one cell; null where there is none. */
export function textAt({ bytes, ends }: TextCells, row: number, column: TextColumn): string | null {
  const cell = row * textColumns.length + textColumns.indexOf(column)
  const begin = cell === 0 ? 0 : ends[cell - 1]
  return Buffer.from(bytes.buffer).toString('utf8', begin, ends[cell]) || null
}

/** The number in one cell; null where there is none. */
function numberAt(numbers: Numbers, row: number): number | null {
  const value = numbers[row]
  return value === undefined || Number.isNaN(value) ? null : value
}

/** Makes one row of a table. */
export function resultAt(
  { numbers, text }: ResultTable,
  row: number,
  session: Pick<ProfilingSession, 'id'>,
): ProfilingResult {
  const rawTimestamp = textAt(text, row, 'timestamp')
  return {
    id: `${session.id}/${row + 1}`,
    timestamp: dateTimeOf(rawTimestamp),
    rawTimestamp,
    userId: textAt(text, row, 'user_id'),
    userName: textAt(text, row, 'user_name'),
    executionId: textAt(text, row, 'execution_id'),
    sdkRequestId: textAt(text, row, 'sdk_request_id'),
    sdkCount: numberAt(numbers.sdk_count, row),
    cpuTimeNs: numberAt(numbers.sdk_cpu_time, row),
    elapsedTimeMs: numberAt(numbers.sdk_elapsed_time, row),
    grossMemoryBytes: numberAt(numbers.sdk_gross_memory, row),
  }
}

const dateTimePattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?) ?(Z|UTC|[+-]\d\d:\d\d)?$/

/**
 * When a row's request began, in RFC 3339. How the file writes it is not documented, but that it is in UTC is (Vault
 * Java SDK, Profiler Log): so it may come without a zone, and with a space in place of the T.
 *
 * @returns null where it is written in another way
 */
export function dateTimeOf(timestamp: string | null): string | null {
  const [, date, time, zone = 'UTC'] = dateTimePattern.exec(timestamp ?? '') ?? []
  const dateTime = `${date}T${time}${zone === 'UTC' ? 'Z' : zone}`
  return Number.isNaN(Date.parse(dateTime)) ? null : dateTime
}

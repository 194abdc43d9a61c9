import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import { type Columns, type ColumnsBuilder, createColumnsBuilder } from './columns.ts'
import { positionsOf } from './header.ts'
import { reasonOf, UnreadableResults } from './unreadable.ts'

/** The most rows that are read: as many as Vault writes (API reference, SDK Request Profiler, Download Results). */
const maxRows = 100_000

/** The longest line, and the longest row where it has several, in bytes. A usual one has two hundred. */
const maxRowSizeBytes = 64 * 1024

const lineFeedCode = 10

/**
 * Reads a CSV as it arrives. Rows with too few or too many cells are taken as they are.
 *
 * @throws UnreadableResults; else what the stream breaks off with
 */
export async function readCsv(csv: AsyncIterable<Buffer>): Promise<Columns> {
  const parser = parse({
    // Out of place, a quote is a character like others.
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: maxRowSizeBytes,
  })
  let columns: ColumnsBuilder | undefined
  const takeRows = async (rows: AsyncIterable<readonly string[]>) => {
    for await (const cells of rows) {
      if (columns === undefined) columns = createColumnsBuilder(positionsOf(cells))
      else columns.add(cells)
      if (columns.rowCount() > maxRows) throw new UnreadableResults(`the CSV has more than ${maxRows} rows`)
    }
  }
  try {
    await pipeline(csv, withShortLines, parser, takeRows)
  } catch (error) {
    throw error instanceof CsvError ? unreadableCsv(error) : error
  }
  if (columns === undefined) throw new UnreadableResults('the CSV is empty')
  return columns.finish()
}

/** The parser's own bound leaves out the commas, of which a line may consist. */
async function* withShortLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let lineSizeBytes = 0
  for await (const chunk of chunks) {
    let begin = 0
    for (let end = chunk.indexOf(lineFeedCode); end !== -1; end = chunk.indexOf(lineFeedCode, begin)) {
      assertShort(lineSizeBytes + end - begin)
      lineSizeBytes = 0
      begin = end + 1
    }
    lineSizeBytes += chunk.length - begin
    assertShort(lineSizeBytes)
    yield chunk
  }
}

function assertShort(lineSizeBytes: number): void {
  if (lineSizeBytes > maxRowSizeBytes) throw tooLong()
}

const tooLong = () => new UnreadableResults(`the CSV has a row of more than ${maxRowSizeBytes} bytes`)

const unreadableCsv = (error: CsvError) =>
  error.code === 'CSV_MAX_RECORD_SIZE'
    ? tooLong()
    : new UnreadableResults(`the CSV is damaged (${reasonOf(error)})`)

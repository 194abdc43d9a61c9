import type { Columns } from './columns.ts'
import { openCsvEntry } from './csv-entry.ts'
import { largestFirst, smallestFirst } from './order.ts'
import { readCsv } from './read-csv.ts'
import { figuresOf, type ResultFigures } from './summary.ts'
import { dateTimeOf, type Numbers, type ResultTable, sharedNumbers, type TextCells, textAt } from './table.ts'
import { UnreadableResults } from './unreadable.ts'

/** The largest ZIP that is read, in bytes. 100,000 rows have about 3 MB. */
const maxZipSizeBytes = 32 * 1024 * 1024

/** What the results of a session are read into. */
export interface ReadResults {
  readonly table: ResultTable
  readonly figures: ResultFigures
}

/**
 * Reads and sorts the results in a ZIP, and sums them up. This is the work of a worker: for 100,000 rows it takes most of
 * a second.
 *
 * @throws UnreadableResults; else what the stream breaks off with
 */
export async function readResults(zip: AsyncIterable<Uint8Array>): Promise<ReadResults> {
  return sorted(await readCsv(await openCsvEntry(await gathered(zip))))
}

/**
 * A ZIP begins to make sense at its end, where its directory is, so that it has to be there as a whole. In memory, since a
 * file on a disk would have to be cleared away whatever happens, and the largest that Vault makes is small.
 */
async function gathered(zip: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of zip) {
    sizeBytes += chunk.length
    if (sizeBytes > maxZipSizeBytes) {
      throw new UnreadableResults(`the ZIP has more than ${maxZipSizeBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function sorted({ rowCount, numbers, text }: Columns): ReadResults {
  const orders = {
    CPU_TIME: largestFirst(numbers.sdk_cpu_time),
    ELAPSED_TIME: largestFirst(numbers.sdk_elapsed_time),
    MEMORY: largestFirst(numbers.sdk_gross_memory),
    TIMESTAMP: smallestFirst(timesOf(text, rowCount)),
  }
  const table = { rowCount, numbers, text, orders }
  return { table, figures: figuresOf(table) }
}

function timesOf(text: TextCells, rowCount: number): Numbers {
  const timeAt = (row: number) => Date.parse(dateTimeOf(textAt(text, row, 'timestamp')) ?? '')
  return sharedNumbers(Array.from({ length: rowCount }, (_, row) => timeAt(row)))
}

import assert from 'node:assert/strict'
import type { ProfilingResult } from '../../src/profiling-sessions/model.ts'
import { type ReadResults, readResults } from '../../src/profiling-sessions/results/read-results.ts'
import { resultAt } from '../../src/profiling-sessions/results/table.ts'
import { UnreadableResults } from '../../src/profiling-sessions/results/unreadable.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { createZip } from '../../src/sandbox/zip.ts'

/** The columns by Vault's names, in the order of its documentation. */
export const documentedHeader =
  'timestamp,user_id,user_name,execution_id,sdk_request_id,sdk_count,sdk_cpu_time,sdk_elapsed_time,sdk_gross_memory'

/** A zip as Vault sends it, with this CSV in it. */
export const zipOf = (csv: string | Uint8Array) =>
  createZip([{ name: 'baseline__c.csv', content: Buffer.from(csv) }])

/** What Vault answers where it sends this zip. */
export const zipAnswer = (zip: Uint8Array): Fault => ({
  kind: 'status',
  status: 200,
  body: zip,
  headers: { 'Content-Type': 'application/zip;charset=UTF-8' },
})

async function* inChunks(zip: Uint8Array): AsyncGenerator<Uint8Array> {
  const chunkBytes = 64 * 1024
  for (let begin = 0; begin < zip.length; begin += chunkBytes) yield zip.subarray(begin, begin + chunkBytes)
}

/** Reads a zip as a worker does. */
export const readZip = (zip: Uint8Array): Promise<ReadResults> => readResults(inChunks(zip))

/** The rows of a CSV, in the order of the file. */
export async function rowsOf(csv: string | Uint8Array): Promise<readonly ProfilingResult[]> {
  const { table } = await readZip(zipOf(csv))
  return Array.from({ length: table.rowCount }, (_, row) => resultAt(table, row, { id: 's' }))
}

/** Why a zip cannot be read. */
export function faultOf(zip: Uint8Array): Promise<string> {
  return readZip(zip).then(
    () => assert.fail('it was read'),
    (error: unknown) => {
      assert.ok(error instanceof UnreadableResults, String(error))
      return error.message
    },
  )
}

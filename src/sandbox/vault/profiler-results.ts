import { createRandom } from '../random.ts'
import { createZip } from '../zip.ts'
import { vaultDate } from './dates.ts'

const columns = [
  'timestamp',
  'user_id',
  'user_name',
  'execution_id',
  'sdk_request_id',
  'sdk_count',
  'sdk_cpu_time',
  'sdk_elapsed_time',
  'sdk_gross_memory',
]

/**
 * The results of a profiling session: a zip with one CSV, one row per SDK request, CPU time in nanoseconds,
 * elapsed time in milliseconds, memory in bytes (upstream A5; the name of the CSV is not documented).
 */
export function createProfilerResults(sessionName: string, createdMs: number): Uint8Array {
  const random = createRandom(sessionName.length)
  const rows = Array.from({ length: 250 }, (_, index) => {
    const elapsedMs = random.between(2, 900)
    return [
      vaultDate(createdMs + index * 4_000),
      random.between(1_000, 1_004),
      `user${random.between(1, 5)}@sandbox.example`,
      `execution-${index + 1}`,
      `request-${index + 1}`,
      random.between(1, 6),
      Math.floor(elapsedMs * 1_000_000 * (0.2 + random.next() * 0.6)),
      elapsedMs,
      random.between(200_000, 40_000_000),
    ].join(',')
  })
  const csv = `${[columns.join(','), ...rows].join('\n')}\n`
  return createZip([{ name: `${sessionName}.csv`, content: Buffer.from(csv) }])
}

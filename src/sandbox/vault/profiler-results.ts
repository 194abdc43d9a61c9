import { createRandom, type Random } from '../random.ts'
import { createZip } from '../zip.ts'

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

/** How long a session records at most, in milliseconds. */
const recordingMs = 20 * 60_000

/** Who works in the Vault, how large their part of the requests is, and how costly theirs are beside those of others. */
const users: readonly User[] = [
  { id: 1002, name: 'integration.etl@sandbox.example', share: 0.52, weight: 1.8 },
  { id: 1001, name: 'ada.okafor@sandbox.example', share: 0.2, weight: 1 },
  { id: 1003, name: 'jonas.lindqvist@sandbox.example', share: 0.13, weight: 0.7 },
  { id: 1004, name: 'mei.tanaka@sandbox.example', share: 0.1, weight: 0.9 },
  { id: 1005, name: 'svc.reports@sandbox.example', share: 0.05, weight: 6 },
]

interface User {
  id: number
  name: string
  share: number
  weight: number
}

/** What a profiling session has recorded. */
export interface ProfilerRecording {
  sessionName: string
  /** When it began, in milliseconds since the Unix epoch. */
  createdMs: number
  /** How many SDK requests. */
  requestCount: number
  /** The one user who was profiled. Left out: all. */
  userId?: number | undefined
}

/**
 * The results of a profiling session: a zip with one CSV, one row per SDK request, CPU time in nanoseconds,
 * elapsed time in milliseconds, memory in bytes (API reference, SDK Request Profiler, Download Results; the name of the
 * CSV is not documented). Most requests are cheap, and a few cost as much as all others together, as it is in life.
 */
export function createProfilerResults(recording: ProfilerRecording): Uint8Array {
  const { sessionName, createdMs, requestCount, userId } = recording
  const random = createRandom(sessionName.length)
  const lines = [columns.join(',')]
  let execution = 0
  while (lines.length <= requestCount) {
    execution += 1
    const user = userId === undefined ? pickUser(random) : userOf(userId)
    const beganMs = createdMs + Math.floor((recordingMs * (lines.length - 1)) / requestCount)
    const requests = Math.min(random.between(1, 4), requestCount + 1 - lines.length)
    for (let request = 0; request < requests; request += 1) {
      const at = { atMs: beganMs + request, execution, number: lines.length }
      lines.push(lineOf(at, user, random))
    }
  }
  return createZip([{ name: `${sessionName}.csv`, content: Buffer.from(`${lines.join('\n')}\n`) }])
}

function lineOf(
  { atMs, execution, number }: { atMs: number; execution: number; number: number },
  { id, name, weight }: User,
  random: Random,
): string {
  const cpuMs = 4 * weight * skewed(random)
  const elapsedMs = Math.ceil(cpuMs * (1.1 + 3 * random.next()))
  return [
    new Date(atMs).toISOString(),
    id,
    name,
    `e-${String(execution).padStart(7, '0')}`,
    `r-${String(number).padStart(7, '0')}`,
    1 + Math.floor(Math.min(skewed(random), 12)),
    Math.floor(cpuMs * 1_000_000),
    elapsedMs,
    Math.floor((150 + cpuMs * random.between(20, 90)) * 1024),
  ].join(',')
}

/** A number around 1 that is seldom some hundred: log-normal, its deviate by the Box-Muller transform. */
function skewed(random: Random): number {
  const deviate = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return Math.exp(1.6 * deviate)
}

function userOf(userId: number): User {
  const stranger = { id: userId, name: `user${userId}@sandbox.example`, share: 0, weight: 1 }
  return users.find(({ id }) => id === userId) ?? stranger
}

function pickUser(random: Random): User {
  const drawn = random.next()
  let passed = 0
  for (const user of users) {
    passed += user.share
    if (drawn < passed) return user
  }
  return userOf(1001)
}

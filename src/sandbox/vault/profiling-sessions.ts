import type { Answer } from '../answer.ts'
import { cutTimeline, type Phase, phaseAt } from '../timeline.ts'
import type { VaultCall } from './call.ts'
import { vaultDate } from './dates.ts'
import { failure, file, success, unknownKey } from './envelope.ts'
import { createProfilerResults } from './profiler-results.ts'

const lifetimeMs = 30 * 24 * 3_600_000
const complete = 'complete__sys'

/** An SDK request profiling session to add (API reference, SDK Request Profiler). */
export interface SandboxProfilingSession {
  /** The key in Vault's paths, such as `baseline__c`. */
  name: string
  /** Default: the name. */
  label?: string
  /** Default: one like `0LS000000003002`, numbered on. */
  id?: string
  description?: string
  /** The status at first. Default: `in_progress__sys`. */
  status?: string
  /** What becomes of it, relative to now. */
  timeline?: readonly { afterMs: number; status: string }[]
  /** The one user who is profiled. Default: all users, printed as null. */
  userId?: number
  /** Default: now. */
  createdDate?: Date
  /** When the session vanishes. Default: 30 days after its creation. */
  expirationDate?: Date
  /** The zip. Default: one with one CSV, as Vault's is. */
  results?: Uint8Array
  /** How many SDK requests that has. Default: 640. Vault: 100,000 at most. */
  requestCount?: number
  /** The ids of the users who see it. Default: everybody. */
  visibleTo?: readonly number[]
}

/** A session as the sandbox keeps it. */
export interface ProfilingRecord {
  readonly definition: SandboxProfilingSession
  readonly id: string
  readonly createdMs: number
  readonly expirationMs: number
  phases: [Phase, ...Phase[]]
}

/** How long a session takes that a caller creates, in milliseconds. */
export interface ProfilerPace {
  /** Until it stops to record by itself. Vault: 20 minutes. */
  readonly recordingMs: number
  /** From then on until its results are there. Vault: about 15 minutes. */
  readonly processingMs: number
}

/** Shorter than in a Vault, so that who tries the sandbox sees a session through. */
export const demoProfilerPace: ProfilerPace = { recordingMs: 2 * 60_000, processingMs: 20_000 }

/** The profiling sessions of the sandbox's Vault. */
export interface ProfilingSessionStore {
  add(session: SandboxProfilingSession): ProfilingRecord
  /** Gives the session a status now, whatever was planned. */
  setStatus(name: string, status: string): void
  remove(name: string): void
  find(name: string): ProfilingRecord | undefined
  all(): readonly ProfilingRecord[]
}

/** Makes a store without sessions; `now` gives milliseconds since the Unix epoch. */
export function createProfilingSessionStore(now: () => number): ProfilingSessionStore {
  const byName = new Map<string, ProfilingRecord>()
  let nextNumber = 3001

  function all(): ProfilingRecord[] {
    return [...byName.values()].filter((session) => session.expirationMs > now())
  }

  return {
    add(definition) {
      const createdMs = definition.createdDate?.getTime() ?? now()
      const steps =
        definition.timeline?.map(({ afterMs, status }) => ({ atMs: now() + afterMs, status })) ?? []
      const record: ProfilingRecord = {
        definition,
        id: definition.id ?? `0LS${String(nextNumber++).padStart(12, '0')}`,
        createdMs,
        expirationMs: definition.expirationDate?.getTime() ?? createdMs + lifetimeMs,
        phases: [{ atMs: createdMs, status: definition.status ?? 'in_progress__sys' }, ...steps],
      }
      byName.set(definition.name, record)
      return record
    },
    setStatus(name, status) {
      const session = byName.get(name)
      if (session === undefined) throw new Error(`The sandbox has no profiling session ${name}.`)
      session.phases = cutTimeline(session.phases, { atMs: now(), status })
    },
    remove: (name) => byName.delete(name),
    find: (name) => all().find((session) => session.definition.name === name),
    all,
  }
}

/** `GET code/profiler`. */
export function answerProfilingSessions(call: VaultCall): Answer {
  const sessions = call.state.profilingSessions.all().filter((session) => isVisible(call, session))
  return success(call, { data: sessions.map((session) => printed(session, call.nowMs)) })
}

/** `GET code/profiler/{name}`. */
export function answerProfilingSession(call: VaultCall): Answer {
  const session = visibleSession(call)
  if (session === undefined) return unknownKey(call, 'profiling session')
  return success(call, { data: printed(session, call.nowMs) })
}

/** `GET code/profiler/{name}/results`: the zip, or an envelope while the session is not complete. */
export function answerProfilingSessionResults(call: VaultCall): Answer {
  const session = visibleSession(call)
  if (session === undefined) return unknownKey(call, 'profiling session')
  if (phaseAt(session.phases, call.nowMs).status !== complete) {
    return failure(call, call.state.profilerRuleErrorType, 'The results of this session are not ready.')
  }
  return file(call, 'application/zip;charset=UTF-8', `${session.definition.name}.zip`, resultsOf(session))
}

function resultsOf({ definition, createdMs }: ProfilingRecord): Uint8Array {
  const { name, results, requestCount = 640, userId } = definition
  return results ?? createProfilerResults({ sessionName: name, createdMs, requestCount, userId })
}

/** Whether a session records, or its results are being prepared. */
export function isActive(session: ProfilingRecord, nowMs: number): boolean {
  return phaseAt(session.phases, nowMs).status !== complete
}

/** The session that the path of a call names, where its user may see it. */
export function visibleSession(call: VaultCall): ProfilingRecord | undefined {
  const session = call.state.profilingSessions.find(call.keys[0] ?? '')
  return session !== undefined && isVisible(call, session) ? session : undefined
}

function isVisible(call: VaultCall, session: ProfilingRecord): boolean {
  return session.definition.visibleTo?.includes(call.user.id) ?? true
}

function printed(session: ProfilingRecord, nowMs: number) {
  const { definition } = session
  return {
    id: session.id,
    label: definition.label ?? definition.name,
    name: definition.name,
    description: definition.description ?? null,
    status: phaseAt(session.phases, nowMs).status,
    user_id: definition.userId ?? null,
    created_date: vaultDate(session.createdMs),
    expiration_date: vaultDate(session.expirationMs),
  }
}

import { conflict, GatewayError, hasCode, notFound } from '../core/errors.ts'
import type { NewProfilingSession, ProfilingSession } from './model.ts'

/** How many sessions Vault keeps (API reference, SDK Request Profiler). */
const maxKeptSessions = 10

/**
 * What Vault refuses with where a rule is broken, where the key is unknown, and for other reasons: which it is, its types
 * do not tell (API reference, Errors). INSUFFICIENT_ACCESS stands on the routes of actions for an unknown key too.
 */
export function isAmbiguous(error: unknown): error is GatewayError {
  const type = error instanceof GatewayError ? error.extensions.upstream?.type : undefined
  if (type === undefined) return false
  return hasCode(error, 'CONFLICT') || ['INVALID_DATA', 'MALFORMED_URL', 'INSUFFICIENT_ACCESS'].includes(type)
}

/** The session is not there, or is hidden from its caller. */
export const unknownSession = (name: string, { extensions }: GatewayError) =>
  notFound(`Vault knows no profiling session ${name}, or you may not see it.`, extensions)

/** Vault would give the new session a name that another one has. */
export const nameConflict = (refusal: GatewayError, { label }: NewProfilingSession) =>
  withAdvice(refusal, `Vault makes the name of the label “${label}”: choose another label.`)

/** Why no session can be created now; undefined where it is no rule about those that are there. */
export function creationConflict(
  refusal: GatewayError,
  sessions: readonly ProfilingSession[],
): GatewayError | undefined {
  const active = sessions.find(isActive)
  if (active !== undefined) {
    return withAdvice(
      refusal,
      `One session can be active at a time, and ${whatItDoes(active)}. ${waitFor(active)}`,
    )
  }
  if (sessions.length >= maxKeptSessions) {
    return withAdvice(
      refusal,
      `Vault keeps ${maxKeptSessions} sessions, and ${sessions.length} are there. Delete one with \`deleteProfilingSession\` first.`,
    )
  }
  return undefined
}

/** Why this session cannot be ended; undefined where its state is not the reason. */
export function endConflict(refusal: GatewayError, session: ProfilingSession): GatewayError | undefined {
  if (refusal.code === 'FORBIDDEN' || session.status === 'IN_PROGRESS') return undefined
  return withAdvice(refusal, `Only a session that records can be ended, and ${whatItDoes(session)}.`)
}

/** Why this session cannot be deleted; undefined where its state is not the reason. */
export function deletionConflict(refusal: GatewayError, session: ProfilingSession): GatewayError | undefined {
  if (refusal.code === 'FORBIDDEN' || !isActive(session)) return undefined
  return withAdvice(
    refusal,
    `Only a complete session can be deleted, and ${whatItDoes(session)}. ${waitFor(session)}`,
  )
}

/** Why this session has no results; undefined where its state is not the reason. */
export function resultsConflict(refusal: GatewayError, session: ProfilingSession): GatewayError | undefined {
  if (refusal.code === 'FORBIDDEN' || !isActive(session)) return undefined
  return withAdvice(
    refusal,
    `Only a complete session has results, and ${whatItDoes(session)}. ${waitFor(session)}`,
  )
}

/** Active is what is not complete (API reference, SDK Request Profiler), also in a status that nobody knows yet. */
const isActive = ({ status }: ProfilingSession) => status !== 'COMPLETE'

function whatItDoes({ name, status, rawStatus }: ProfilingSession): string {
  switch (status) {
    case 'IN_PROGRESS':
      return `${name} is recording`
    case 'PROCESSING':
      return `Vault prepares the results of ${name}`
    case 'COMPLETE':
      return `${name} is complete`
    default:
      return `${name} is in the state ${rawStatus}`
  }
}

function waitFor({ status }: ProfilingSession): string {
  const end = 'until it is complete, which `profilingSessionUpdated` tells.'
  return status === 'IN_PROGRESS'
    ? `End it with \`endProfilingSession\` if it has recorded enough, and wait ${end}`
    : `Wait ${end}`
}

/** Vault's words, and what they mean here. */
const withAdvice = (refusal: GatewayError, advice: string) =>
  conflict(`${refusal.message} ${advice}`, refusal.extensions)

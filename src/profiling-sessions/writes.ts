import { conflict, GatewayError, hasCode, notFound } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import type { OperationScope } from '../core/operation.ts'
import { orNullIfUnknown } from '../upstream/vault.ts'
import type { ProfilingSessionsClient } from './client.ts'
import type { NewProfilingSession, ProfilingSession } from './model.ts'

/** How many sessions Vault keeps (API reference, SDK Request Profiler). */
const maxKeptSessions = 10

/** What changes profiling sessions. */
export interface ProfilingSessionWrites {
  /**
   * Creates a session, and tells the name that Vault made for it.
   *
   * @throws GatewayError CONFLICT where one is active, ten are kept or the name is taken
   */
  create(session: NewProfilingSession): Promise<string>
  /** @throws GatewayError NOT_FOUND; CONFLICT where it does not record any more */
  end(name: string): Promise<void>
  /** @throws GatewayError NOT_FOUND; CONFLICT where it is not complete */
  delete(name: string): Promise<void>
}

/**
 * Makes the writes of one operation. Vault's rules are not checked beforehand: between a look and the write anything may
 * happen. Vault decides, and where it refuses without saying why in a way that a program understands, a look tells.
 *
 * @param onWritten called after each write, whatever became of it, with the name of the session as soon as it is known
 */
export function createProfilingSessionWrites(
  client: ProfilingSessionsClient,
  { caller, signal }: OperationScope,
  onWritten: (name: string | undefined) => void,
): ProfilingSessionWrites {
  /** @param explain looks what a refusal means; undefined where it means no more than Vault's words */
  const written = async <Value>(
    write: Promise<Value>,
    name: string | undefined,
    explain: (refusal: GatewayError) => Promise<GatewayError | undefined>,
  ): Promise<Value> => {
    try {
      return await write
    } catch (error) {
      if (!isAmbiguous(error)) throw error
      // Where the look fails too, Vault's own words are the best that there is.
      throw (await explain(error).catch(() => undefined)) ?? error
    } finally {
      onWritten(name)
    }
  }
  const writtenTo = (
    name: string,
    write: (access: Access, name: string) => Promise<void>,
    explain: (refusal: GatewayError, session: ProfilingSession) => GatewayError | undefined,
  ) => {
    const access = caller.vault()
    return written(write(access, name), name, async (refusal) => {
      const session = await orNullIfUnknown(client.one(access, name, signal))
      return session === null ? unknownSession(name, refusal) : explain(refusal, session)
    })
  }

  return {
    async create(session) {
      const access = caller.vault()
      const name = await written(client.create(access, session), undefined, async (refusal) => {
        if (!hasCode(refusal, 'CONFLICT', 'BAD_USER_INPUT')) return undefined
        if (refusal.extensions.upstream?.type === 'ITEM_NAME_EXISTS') return nameConflict(refusal, session)
        return creationConflict(refusal, await client.list(access, signal))
      })
      // One of this name that is there no more may be watched still.
      onWritten(name)
      return name
    },
    end: async (name) => writtenTo(name, client.end, endConflict),
    delete: async (name) => writtenTo(name, client.delete, deletionConflict),
  }
}

/**
 * What Vault refuses with where a rule is broken, where the key is unknown, and for other reasons: which it is, its types
 * do not tell (API reference, Errors). INSUFFICIENT_ACCESS stands on the routes of actions for an unknown key too.
 */
function isAmbiguous(error: unknown): error is GatewayError {
  const type = error instanceof GatewayError ? error.extensions.upstream?.type : undefined
  if (type === undefined) return false
  return hasCode(error, 'CONFLICT') || ['INVALID_DATA', 'MALFORMED_URL', 'INSUFFICIENT_ACCESS'].includes(type)
}

const unknownSession = (name: string, { extensions }: GatewayError) =>
  notFound(`Vault knows no profiling session ${name}, or you may not see it.`, extensions)

const nameConflict = (refusal: GatewayError, { label }: NewProfilingSession) =>
  withAdvice(refusal, `Vault makes the name of the label “${label}”: choose another label.`)

function creationConflict(
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

function endConflict(refusal: GatewayError, session: ProfilingSession): GatewayError | undefined {
  if (refusal.code === 'FORBIDDEN' || session.status === 'IN_PROGRESS') return undefined
  return withAdvice(refusal, `Only a session that records can be ended, and ${whatItDoes(session)}.`)
}

function deletionConflict(refusal: GatewayError, session: ProfilingSession): GatewayError | undefined {
  if (refusal.code === 'FORBIDDEN' || !isActive(session)) return undefined
  return withAdvice(
    refusal,
    `Only a complete session can be deleted, and ${whatItDoes(session)}. ${waitFor(session)}`,
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

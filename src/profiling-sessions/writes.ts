import { type GatewayError, hasCode } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import type { OperationScope } from '../core/operation.ts'
import { orNullIfUnknown } from '../upstream/vault.ts'
import type { ProfilingSessionsClient } from './client.ts'
import type { NewProfilingSession, ProfilingSession } from './model.ts'
import {
  creationConflict,
  deletionConflict,
  endConflict,
  isAmbiguous,
  nameConflict,
  unknownSession,
} from './refusals.ts'

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

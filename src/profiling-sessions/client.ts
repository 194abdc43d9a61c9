import { z } from 'zod'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import { decode, optional, wireDateTime, wireId } from '../upstream/decode.ts'
import { type FileStream, fileStreamOf } from '../upstream/file-stream.ts'
import { pathOf } from '../upstream/path.ts'
import type { VaultClient } from '../upstream/vault.ts'
import { type NewProfilingSession, type ProfilingSession, profilingSessionStatusOf } from './model.ts'

const sessionSchema = z.object({
  id: wireId,
  name: z.string(),
  label: z.string(),
  description: optional(z.string()),
  status: z.string(),
  user_id: optional(wireId),
  created_date: wireDateTime,
  expiration_date: optional(wireDateTime),
})

const listSchema = z.compile(z.object({ data: z.array(sessionSchema).nullish() }))
const oneSchema = z.compile(z.object({ data: sessionSchema }))

/** What Vault answers to a creation: not the session, only what it is called. */
const createdSchema = z.compile(z.object({ data: z.object({ name: z.string().min(1) }) }))

/** Vault's profiler routes. */
export interface ProfilingSessionsClient {
  list(access: Access, signal: AbortSignal): Promise<readonly ProfilingSession[]>
  /** @throws GatewayError; an unknown name as Vault tells it */
  one(access: Access, name: string, signal: AbortSignal): Promise<ProfilingSession>
  /** Opens the ZIP with the results of a complete session. */
  results(access: Access, name: string, signal: AbortSignal): Promise<FileStream>
  /** Creates a session and tells the name that Vault made for it. This and the others below are sent once, never again. */
  create(access: Access, session: NewProfilingSession): Promise<string>
  end(access: Access, name: string): Promise<void>
  delete(access: Access, name: string): Promise<void>
}

/** Makes the client of Vault's profiler routes. */
export function createProfilingSessionsClient(vault: VaultClient, clock: Clock): ProfilingSessionsClient {
  return {
    async list(access, signal) {
      const { body, upstream } = await vault.get(access, pathOf`/code/profiler`, { signal })
      const { data } = decode(listSchema, body, 'the list of profiling sessions', upstream)
      const observedAtMs = clock.now()
      return (data ?? []).map((session) => sessionOf(session, observedAtMs))
    },
    async one(access, name, signal) {
      const { body, upstream } = await vault.get(access, pathOf`/code/profiler/${name}`, { signal })
      const { data } = decode(oneSchema, body, `profiling session ${name}`, upstream)
      return sessionOf(data, clock.now())
    },
    async results(access, name, signal) {
      const answer = await vault.open(access, pathOf`/code/profiler/${name}/results`, { signal })
      return fileStreamOf(answer, { contentType: 'application/zip', fileName: `${name}.zip` })
    },
    async create(access, { label, description, userId }) {
      const form = {
        label,
        ...(description === undefined ? {} : { description }),
        ...(userId === undefined ? {} : { user_id: userId }),
      }
      const { body, upstream } = await vault.post(access, pathOf`/code/profiler`, form)
      return decode(createdSchema, body, 'the creation of a profiling session', upstream, 'POST').data.name
    },
    async end(access, name) {
      await vault.post(access, pathOf`/code/profiler/${name}/actions/end`)
    },
    async delete(access, name) {
      await vault.delete(access, pathOf`/code/profiler/${name}`)
    },
  }
}

function sessionOf(wire: z.output<typeof sessionSchema>, nowMs: number): ProfilingSession {
  return {
    id: wire.id,
    name: wire.name,
    label: wire.label,
    description: wire.description,
    status: profilingSessionStatusOf(wire.status),
    rawStatus: wire.status,
    userId: wire.user_id,
    createdDate: wire.created_date,
    expirationDate: wire.expiration_date,
    observedAt: new Date(nowMs).toISOString(),
  }
}

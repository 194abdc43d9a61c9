import { z } from 'zod'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import { decode, optional, wireDateTime, wireId } from '../upstream/decode.ts'
import { type FileStream, fileStreamOf } from '../upstream/file-stream.ts'
import { pathOf } from '../upstream/path.ts'
import type { VaultClient } from '../upstream/vault.ts'
import { type ProfilingSession, profilingSessionStatusOf } from './model.ts'

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

const listSchema = z.object({ data: z.array(sessionSchema).nullish() })
const oneSchema = z.object({ data: sessionSchema })

/** Vault's profiler routes. */
export interface ProfilingSessionsClient {
  list(access: Access, signal: AbortSignal): Promise<readonly ProfilingSession[]>
  /** @throws GatewayError; an unknown name as Vault tells it */
  one(access: Access, name: string, signal: AbortSignal): Promise<ProfilingSession>
  /** Opens the ZIP with the results of a complete session. */
  results(access: Access, name: string, signal: AbortSignal): Promise<FileStream>
}

/** Makes the client of Vault's profiler routes. */
export function createProfilingSessionsClient(vault: VaultClient, clock: Clock): ProfilingSessionsClient {
  return {
    async list(access, signal) {
      const { body, upstream } = await vault.get(access, pathOf`/code/profiler`, { signal })
      const { data } = decode(listSchema, body, 'the list of profiling sessions', upstream)
      return (data ?? []).map((session) => sessionOf(session, clock.now()))
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

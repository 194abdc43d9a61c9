import { z } from 'zod'
import { upstreamInvalidResponse } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import { decode, optional, wireCount, wireDateTime, wireId } from '../upstream/decode.ts'
import { pathOf } from '../upstream/path.ts'
import type { VaultClient } from '../upstream/vault.ts'
import { nameOf, type UploadSession } from './model.ts'

/** The most pages of upload sessions that are read: Vault allows 50 sessions. */
export const maxListPages = 20

const sessionSchema = z.object({
  id: wireId,
  path: z.string(),
  owner: wireId,
  created_date: wireDateTime,
  last_uploaded_date: optional(wireDateTime),
  expiration_date: wireDateTime,
  uploaded_parts: wireCount,
  size: wireCount,
  uploaded: wireCount,
})

const listSchema = z.object({
  data: z.array(sessionSchema).nullish(),
  responseDetails: z.object({ next_page: optional(z.string()) }).nullish(),
})
const oneSchema = z.object({ data: sessionSchema })

/** Vault's routes of resumable uploads. */
export interface UploadSessionsClient {
  list(access: Access, signal: AbortSignal): Promise<readonly UploadSession[]>
  /** @throws GatewayError; an unknown id as Vault tells it */
  one(access: Access, id: string, signal: AbortSignal): Promise<UploadSession>
}

/** Makes the client of Vault's routes of resumable uploads. */
export function createUploadSessionsClient(vault: VaultClient, clock: Clock): UploadSessionsClient {
  return {
    async list(access, signal) {
      const sessions: UploadSession[] = []
      let answer = await vault.get(access, pathOf`/services/file_staging/upload`, { signal })
      for (let pages = 1; ; pages += 1) {
        const { data, responseDetails } = decode(
          listSchema,
          answer.body,
          'the list of uploads',
          answer.upstream,
        )
        sessions.push(...(data ?? []).map((session) => sessionOf(session, clock.now())))
        const next = responseDetails?.next_page ?? null
        if (next === null) return sessions
        if (pages === maxListPages) {
          throw upstreamInvalidResponse(
            `Vault's list of uploads has more than ${maxListPages} pages.`,
            answer,
          )
        }
        answer = await vault.follow(access, next, { signal })
      }
    },
    async one(access, id, signal) {
      const { body, upstream } = await vault.get(access, pathOf`/services/file_staging/upload/${id}`, {
        signal,
      })
      return sessionOf(decode(oneSchema, body, `upload session ${id}`, upstream).data, clock.now())
    },
  }
}

function sessionOf(wire: z.output<typeof sessionSchema>, nowMs: number): UploadSession {
  return {
    id: wire.id,
    path: wire.path,
    name: nameOf(wire.path),
    owner: wire.owner,
    createdDate: wire.created_date,
    lastUploadedDate: wire.last_uploaded_date ?? wire.created_date,
    expirationDate: wire.expiration_date,
    uploadedParts: wire.uploaded_parts,
    size: wire.size,
    uploaded: wire.uploaded,
    observedAt: new Date(nowMs).toISOString(),
  }
}

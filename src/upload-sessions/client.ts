import type { Readable } from 'node:stream'
import { z } from 'zod'
import { upstreamInvalidResponse } from '../core/errors.ts'
import type { Access } from '../core/identity.ts'
import type { Clock } from '../core/time.ts'
import { decode, optional, wireCount, wireDateTime, wireId, wireInt } from '../upstream/decode.ts'
import { pathOf } from '../upstream/path.ts'
import type { VaultAnswer, VaultClient } from '../upstream/vault.ts'
import { nameOf, type UploadPart, type UploadSession } from './model.ts'

/** The most pages of upload sessions that are read: Vault allows 50 sessions. */
const maxListPages = 20

/** The most pages of one upload's parts that are read: Vault allows 2000 parts, and 1000 of them are a page. */
const maxPartPages = 20

/** The most parts on one page (API reference, List File Parts Uploaded to Session). */
const partsPageSize = 1000

const sessionSchema = z.object({
  id: wireId,
  path: z.string(),
  owner: wireId,
  created_date: wireDateTime,
  last_uploaded_date: optional(wireDateTime),
  expiration_date: wireDateTime,
  uploaded_parts: wireInt,
  size: wireCount,
  uploaded: wireCount,
})

const partSchema = z.object({
  part_number: wireInt,
  size: wireCount,
  part_content_md5: optional(z.string()),
})

const listOf = <Element extends z.ZodType>(element: Element) =>
  z.compile(
    z.object({
      data: z.array(element).nullish(),
      responseDetails: z.object({ next_page: optional(z.string()) }).nullish(),
    }),
  )
const listSchema = listOf(sessionSchema)
const partsSchema = listOf(partSchema)
const oneSchema = z.compile(z.object({ data: sessionSchema }))
const onePartSchema = z.compile(z.object({ data: partSchema }))
const commitSchema = z.compile(z.object({ data: z.object({ job_id: wireId }) }))

/** A file to upload. */
export interface NewUpload {
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly overwrite: boolean
}

/** A part to send. */
export interface NewPart {
  readonly partNumber: number
  readonly sizeBytes: number
  /** As `Content-MD5`; undefined sends none. */
  readonly contentMd5: string | undefined
  readonly body: Readable
}

/** Vault's routes of resumable uploads. */
export interface UploadSessionsClient {
  list(access: Access, signal: AbortSignal): Promise<readonly UploadSession[]>
  /** @throws GatewayError; an unknown id as Vault tells it */
  one(access: Access, id: string, signal: AbortSignal): Promise<UploadSession>
  /** All parts that have arrived, in the order of their numbers. */
  parts(access: Access, id: string, signal: AbortSignal): Promise<readonly UploadPart[]>
  create(access: Access, upload: NewUpload): Promise<UploadSession>
  /** Sends a part as it comes. The call ends with the signal. */
  sendPart(access: Access, id: string, part: NewPart, signal: AbortSignal): Promise<UploadPart>
  /** Gives the id of the job that puts the file together. */
  commit(access: Access, id: string): Promise<string>
  abort(access: Access, id: string): Promise<void>
}

/** Makes the client of Vault's routes of resumable uploads. */
export function createUploadSessionsClient(vault: VaultClient, clock: Clock): UploadSessionsClient {
  return {
    async list(access, signal) {
      const first = vault.get(access, pathOf`/services/file_staging/upload`, { signal })
      const follow = (link: string) => vault.follow(access, link, { signal })
      const sessions = await wholeList(first, follow, {
        schema: listSchema,
        what: 'the list of uploads',
        maxPages: maxListPages,
      })
      const observedAtMs = clock.now()
      return sessions.map((session) => sessionOf(session, observedAtMs))
    },
    async one(access, id, signal) {
      const { body, upstream } = await vault.get(access, pathOf`/services/file_staging/upload/${id}`, {
        signal,
      })
      return sessionOf(decode(oneSchema, body, `upload session ${id}`, upstream).data, clock.now())
    },
    async parts(access, id, signal) {
      const query = { limit: partsPageSize }
      const first = vault.get(access, pathOf`/services/file_staging/upload/${id}/parts`, { query, signal })
      const follow = (link: string) => vault.follow(access, link, { signal })
      const parts = await wholeList(first, follow, {
        schema: partsSchema,
        what: `the parts of upload session ${id}`,
        maxPages: maxPartPages,
      })
      return parts.map((part) => partOf(id, part)).sort((a, b) => a.partNumber - b.partNumber)
    },
    async create(access, { path, size, overwrite }) {
      const form = { path, size: String(size), overwrite: String(overwrite) }
      const { body, upstream } = await vault.post(access, pathOf`/services/file_staging/upload`, form)
      return sessionOf(decode(oneSchema, body, 'the new upload session', upstream, 'POST').data, clock.now())
    },
    async sendPart(access, id, { partNumber, sizeBytes, contentMd5, body }, signal) {
      const headers = {
        'content-type': 'application/octet-stream',
        'content-length': String(sizeBytes),
        'x-vaultapi-filepartnumber': String(partNumber),
        ...(contentMd5 === undefined ? {} : { 'content-md5': contentMd5 }),
      }
      const path = pathOf`/services/file_staging/upload/${id}`
      const answer = await vault.put(access, path, { headers, body, signal })
      const what = `part ${partNumber} of upload session ${id}`
      return partOf(id, decode(onePartSchema, answer.body, what, answer.upstream, 'PUT').data)
    },
    async commit(access, id) {
      const { body, upstream } = await vault.postJson(access, pathOf`/services/file_staging/upload/${id}`)
      const what = `the commit of upload session ${id}`
      return decode(commitSchema, body, what, upstream, 'POST').data.job_id
    },
    async abort(access, id) {
      await vault.delete(access, pathOf`/services/file_staging/upload/${id}`)
    },
  }
}

interface PagedList<Element> {
  readonly schema: z.ZodType<{
    readonly data?: readonly Element[] | null | undefined
    readonly responseDetails?: { readonly next_page: string | null } | null | undefined
  }>
  readonly what: string
  readonly maxPages: number
}

/**
 * Reads a list to its end by the links that Vault gives.
 *
 * @throws GatewayError UPSTREAM_INVALID_RESPONSE where there are more pages than there can be
 */
async function wholeList<Element>(
  first: Promise<VaultAnswer>,
  follow: (link: string) => Promise<VaultAnswer>,
  { schema, what, maxPages }: PagedList<Element>,
): Promise<readonly Element[]> {
  const elements: Element[] = []
  let answer = await first
  for (let pages = 1; ; pages += 1) {
    const { data, responseDetails } = decode(schema, answer.body, what, answer.upstream)
    elements.push(...(data ?? []))
    const next = responseDetails?.next_page ?? null
    if (next === null) return elements
    if (pages === maxPages) {
      throw upstreamInvalidResponse(`Vault's answer to ${what} has more than ${maxPages} pages.`, answer)
    }
    answer = await follow(next)
  }
}

const partOf = (sessionId: string, wire: z.output<typeof partSchema>): UploadPart => ({
  id: `${sessionId}/${wire.part_number}`,
  partNumber: wire.part_number,
  size: wire.size,
  contentMd5: wire.part_content_md5,
})

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

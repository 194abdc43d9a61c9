import { randomUUID } from 'node:crypto'
import type { Answer } from '../answer.ts'
import type { VaultCall } from './call.ts'
import { vaultDate } from './dates.ts'
import { success, unknownKey } from './envelope.ts'
import { pageLinks } from './paging.ts'

const lifetimeMs = 72 * 3_600_000
const smallestPartSizeBytes = 5_000_000

/** A resumable upload session to add (upstream A6). */
export interface SandboxUploadSession {
  /** Default: a random one. */
  id?: string
  /** Where the file is to be, such as `/imports/products.csv`. */
  path: string
  /** The size of the whole file. */
  sizeBytes: number
  /** What has arrived. Default: 0. */
  uploadedBytes?: number
  /** Default: 5 MB. The number of parts is counted from it. */
  partSizeBytes?: number
  /** One part more arrives every so often, relative to now, until the file is whole. Default: none does. */
  partEveryMs?: number
  /** A user id. Default: the demo user's. */
  owner?: number
  /** Default: false. */
  overwrite?: boolean
  /** Default: now. */
  createdDate?: Date
  /** When the session vanishes. Default: 72 hours after its creation. */
  expirationDate?: Date
}

interface UploadRecord extends Required<Omit<SandboxUploadSession, 'partEveryMs'>> {
  partEveryMs: number | undefined
  /** The moment at which `uploadedBytes` was the truth. */
  sinceMs: number
}

/** The upload sessions of the sandbox's Vault. */
export interface UploadSessionStore {
  /** Returns the session's id. */
  add(session: SandboxUploadSession): string
  /** From now on so many bytes have arrived, and no more do by themselves. */
  setUploaded(id: string, uploadedBytes: number): void
  remove(id: string): void
  find(id: string): UploadRecord | undefined
  all(): readonly UploadRecord[]
}

/** Makes a store without sessions; `now` gives milliseconds since the Unix epoch. */
export function createUploadSessionStore(demoUserId: number, now: () => number): UploadSessionStore {
  const byId = new Map<string, UploadRecord>()

  function all(): UploadRecord[] {
    return [...byId.values()].filter((session) => session.expirationDate.getTime() > now())
  }

  return {
    add(session) {
      const createdDate = session.createdDate ?? new Date(now())
      const record = {
        id: randomUUID().replaceAll('-', ''),
        uploadedBytes: 0,
        partSizeBytes: smallestPartSizeBytes,
        partEveryMs: undefined,
        owner: demoUserId,
        overwrite: false,
        createdDate,
        expirationDate: new Date(createdDate.getTime() + lifetimeMs),
        sinceMs: session.partEveryMs === undefined ? createdDate.getTime() : now(),
        ...session,
      }
      byId.set(record.id, record)
      return record.id
    },
    setUploaded(id, uploadedBytes) {
      const session = byId.get(id)
      if (session === undefined) throw new Error(`The sandbox has no upload session ${id}.`)
      byId.set(id, { ...session, uploadedBytes, partEveryMs: undefined, sinceMs: now() })
    },
    remove: (id) => byId.delete(id),
    find: (id) => all().find((session) => session.id === id),
    all,
  }
}

/** `GET services/file_staging/upload`: an admin sees every session, others see their own (upstream A6). */
export function answerUploadSessions(call: VaultCall): Answer {
  const sessions = call.state.uploadSessions.all().filter((session) => isVisible(call, session))
  const data = sessions.map((session) => listed(session, call.nowMs))
  const limit = call.state.uploadListPageSize
  if (limit === undefined) return success(call, { data })
  const offset = Number(call.request.query.get('offset') ?? 0)
  const responseDetails = pageLinks(call.request, { limit, offset }, data.length)
  return success(call, { responseDetails, data: data.slice(offset, offset + limit) })
}

/** `GET services/file_staging/upload/{id}`. */
export function answerUploadSession(call: VaultCall): Answer {
  const session = call.state.uploadSessions.find(call.keys[0] ?? '')
  if (session === undefined || !isVisible(call, session)) return unknownKey(call, 'upload session')
  const { overwrite, path } = session
  const name = path.slice(path.lastIndexOf('/') + 1)
  return success(call, { data: { ...listed(session, call.nowMs), name, overwrite } })
}

function isVisible(call: VaultCall, session: UploadRecord): boolean {
  return call.user.admin === true || session.owner === call.user.id
}

function listed(session: UploadRecord, nowMs: number) {
  const { uploadedBytes, lastUploadedMs } = arrived(session, nowMs)
  return {
    id: session.id,
    path: session.path,
    expiration_date: vaultDate(session.expirationDate.getTime()),
    created_date: vaultDate(session.createdDate.getTime()),
    last_uploaded_date: vaultDate(lastUploadedMs),
    owner: session.owner,
    uploaded_parts: Math.ceil(uploadedBytes / session.partSizeBytes),
    size: session.sizeBytes,
    uploaded: uploadedBytes,
  }
}

function arrived(session: UploadRecord, nowMs: number): { uploadedBytes: number; lastUploadedMs: number } {
  const { partEveryMs, partSizeBytes, uploadedBytes, sizeBytes, sinceMs } = session
  if (partEveryMs === undefined) return { uploadedBytes, lastUploadedMs: sinceMs }
  const missingParts = Math.ceil(Math.max(0, sizeBytes - uploadedBytes) / partSizeBytes)
  const newParts = Math.min(missingParts, Math.floor((nowMs - sinceMs) / partEveryMs))
  return {
    uploadedBytes: Math.min(sizeBytes, uploadedBytes + newParts * partSizeBytes),
    lastUploadedMs: sinceMs + newParts * partEveryMs,
  }
}

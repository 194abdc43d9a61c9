import { hash, randomUUID } from 'node:crypto'
import type { Answer } from '../answer.ts'
import type { VaultCall } from './call.ts'
import { vaultDate } from './dates.ts'
import { success, unknownKey } from './envelope.ts'
import { pageLinks } from './paging.ts'

const lifetimeMs = 72 * 3_600_000
/** What a part has at least, but for the last one. */
export const smallestPartSizeBytes = 5_000_000

/** A resumable upload session to add (API reference, Resumable Upload Sessions). */
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

/** A part that has arrived. */
export interface UploadedPart {
  readonly sizeBytes: number
  /** In hex. */
  readonly md5: string
}

/** An upload session in the store. */
export interface UploadRecord extends Required<Omit<SandboxUploadSession, 'partEveryMs'>> {
  partEveryMs: number | undefined
  /** The parts that were really sent, by number; undefined where the session only pretends. */
  parts: ReadonlyMap<number, UploadedPart> | undefined
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
  /** Takes a part, now; one that was sent before under this number is replaced. */
  addPart(session: UploadRecord, partNumber: number, part: UploadedPart): void
  /** Puts the file of a session where it belongs, and ends the session. */
  commit(session: UploadRecord): void
  /** The parts of a file that was committed, in order; undefined where there is no such file. */
  stagedFile(path: string): readonly UploadedPart[] | undefined
  find(id: string): UploadRecord | undefined
  all(): readonly UploadRecord[]
}

/** Makes a store without sessions; `now` gives milliseconds since the Unix epoch. */
export function createUploadSessionStore(demoUserId: number, now: () => number): UploadSessionStore {
  const byId = new Map<string, UploadRecord>()
  const files = new Map<string, readonly UploadedPart[]>()

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
        parts: undefined,
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
      byId.set(id, { ...session, uploadedBytes, partEveryMs: undefined, parts: undefined, sinceMs: now() })
    },
    remove: (id) => byId.delete(id),
    addPart(session, partNumber, part) {
      const parts = new Map(partsOf(session, now())).set(partNumber, part)
      const uploadedBytes = [...parts.values()].reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0)
      byId.set(session.id, { ...session, parts, uploadedBytes, partEveryMs: undefined, sinceMs: now() })
    },
    commit(session) {
      files.set(session.path, [...partsOf(session, now()).values()])
      byId.delete(session.id)
    },
    stagedFile: (path) => files.get(path),
    find: (id) => all().find((session) => session.id === id),
    all,
  }
}

/** `GET services/file_staging/upload`: an admin sees all, others their own (API reference, List Upload Sessions). */
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
  return success(call, { data: detailed(session, call.nowMs) })
}

/** A session as Vault prints it by itself. */
export function detailed(session: UploadRecord, nowMs: number) {
  const { overwrite, path } = session
  return { ...listed(session, nowMs), name: path.slice(path.lastIndexOf('/') + 1), overwrite }
}

/** The parts of a session that have arrived, by number. Those that nobody sent are made up. */
export function partsOf(session: UploadRecord, nowMs: number): ReadonlyMap<number, UploadedPart> {
  if (session.parts !== undefined) return session.parts
  const { partSizeBytes, id } = session
  const { uploadedBytes } = arrived(session, nowMs)
  const count = Math.ceil(uploadedBytes / partSizeBytes)
  return new Map(
    Array.from({ length: count }, (_, index): [number, UploadedPart] => [
      index + 1,
      {
        sizeBytes: Math.min(partSizeBytes, uploadedBytes - index * partSizeBytes),
        md5: hash('md5', `${id}/${index + 1}`),
      },
    ]),
  )
}

/** Whether the caller sees a session: an admin sees all. */
export function isVisible(call: VaultCall, session: UploadRecord): boolean {
  return call.user.admin === true || session.owner === call.user.id
}

/** A session as Vault prints it on its list. */
export function listed(session: UploadRecord, nowMs: number) {
  const { uploadedBytes, lastUploadedMs } = arrived(session, nowMs)
  return {
    id: session.id,
    path: session.path,
    expiration_date: vaultDate(session.expirationDate.getTime()),
    created_date: vaultDate(session.createdDate.getTime()),
    last_uploaded_date: vaultDate(lastUploadedMs),
    owner: session.owner,
    uploaded_parts: session.parts?.size ?? Math.ceil(uploadedBytes / session.partSizeBytes),
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

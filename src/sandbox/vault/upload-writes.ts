import type { Answer } from '../answer.ts'
import type { VaultCall } from './call.ts'
import { failure, success, unknownKey } from './envelope.ts'
import {
  detailed,
  isVisible,
  partsOf,
  smallestPartSizeBytes,
  type UploadedPart,
  type UploadRecord,
} from './upload-sessions.ts'

const mostSessions = 50
const mostParts = 2000
const largestPartSizeBytes = 50 * 1024 * 1024
const largestFileSizeBytes = 500_000_000_000
const partsPerPage = 1000

/** What becomes of the job that puts a file together. */
const commitSteps = [
  { afterMs: 1_000, status: 'RUNNING' },
  { afterMs: 4_000, status: 'SUCCESS' },
]

/** `POST services/file_staging/upload` (API reference, Create Resumable Upload Session). */
export function answerUploadCreate(call: VaultCall): Answer {
  const { form } = call.request
  const { uploadSessions } = call.state
  const [path, size] = [form?.get('path') ?? '', form?.get('size') ?? '']
  if (path === '' || size === '') {
    return failure(
      call,
      'PARAMETER_REQUIRED',
      `Missing required parameter [${path === '' ? 'path' : 'size'}].`,
    )
  }
  if (!/^\d{1,15}$/.test(size) || Number(size) > largestFileSizeBytes) {
    return failure(call, 'INVALID_DATA', `The size [${size}] must be a number of bytes up to 500 GB.`)
  }
  const overwrite = form?.get('overwrite') === 'true'
  if (!overwrite && uploadSessions.stagedFile(path) !== undefined) {
    return failure(call, 'ITEM_NAME_EXISTS', `The file [${path}] already exists.`)
  }
  if (uploadSessions.all().length >= mostSessions) {
    return failure(
      call,
      'OPERATION_NOT_ALLOWED',
      `The maximum of ${mostSessions} active upload sessions is reached.`,
    )
  }
  const id = uploadSessions.add({ path, sizeBytes: Number(size), overwrite, owner: call.user.id })
  const session = uploadSessions.find(id)
  if (session === undefined) throw new Error('The upload session that was just added is not there.')
  return success(call, { data: detailed(session, call.nowMs) })
}

/** `PUT services/file_staging/upload/{id}`: one part, which only the owner may send (API reference, Upload to a Session). */
export function answerUploadPart(call: VaultCall): Answer {
  const session = visibleSession(call)
  if (session === undefined) return unknownKey(call, 'upload session')
  if (session.owner !== call.user.id) {
    return failure(call, 'INSUFFICIENT_ACCESS', 'Only the owner of the session can upload parts.')
  }
  const { file } = call.request
  if (file === undefined) return failure(call, 'INVALID_DATA', 'The part has no content.')
  const partNumber = Number(file.headers['x-vaultapi-filepartnumber'] ?? 0)
  const problem = problemOf(session, partNumber, file, call.nowMs)
  if (problem !== undefined) return failure(call, 'INVALID_DATA', problem)
  if (!hasMd5(file.headers['content-md5'], file.md5)) {
    return failure(call, 'INVALID_DATA', 'The Content-MD5 does not match the content of the part.')
  }
  const { sizeBytes, md5 } = file
  call.state.uploadSessions.addPart(session, partNumber, { sizeBytes, md5 })
  return success(call, { data: printed(partNumber, file) })
}

/** `POST services/file_staging/upload/{id}`: a job puts the file together (API reference, Commit Upload Session). */
export function answerUploadCommit(call: VaultCall): Answer {
  const session = visibleSession(call)
  if (session === undefined) return unknownKey(call, 'upload session')
  const { uploaded, size } = detailed(session, call.nowMs)
  if (uploaded !== size) {
    return failure(call, 'OPERATION_NOT_ALLOWED', `Only ${uploaded} of ${size} bytes were uploaded.`)
  }
  call.state.uploadSessions.commit(session)
  const title = 'File staging: commit upload'
  const job = call.state.jobs.add({ title, createdBy: call.user.id, timeline: commitSteps })
  return success(call, { data: { job_id: job.id } })
}

/** `DELETE services/file_staging/upload/{id}` (API reference, Abort Upload Session). */
export function answerUploadAbort(call: VaultCall): Answer {
  const session = visibleSession(call)
  if (session === undefined) return unknownKey(call, 'upload session')
  call.state.uploadSessions.remove(session.id)
  return success(call)
}

/**
 * `GET services/file_staging/upload/{id}/parts`: pages with absolute links to the next (API reference, List File Parts
 * Uploaded to Session).
 */
export function answerUploadParts(call: VaultCall): Answer {
  const session = visibleSession(call)
  if (session === undefined) return unknownKey(call, 'upload session')
  const { query, path } = call.request
  const limit = Math.min(
    Number(query.get('limit') ?? partsPerPage),
    call.state.uploadListPageSize ?? partsPerPage,
  )
  if (!(limit >= 1)) return failure(call, 'INVALID_DATA', 'The limit must be a number from 1 to 1000.')
  const cursor = query.get('cursor')
  const offset = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64').toString())
  const parts = [...partsOf(session, call.nowMs)].sort(([a], [b]) => a - b)
  const data = parts.slice(offset, offset + limit).map(([partNumber, part]) => printed(partNumber, part))
  if (offset + limit >= parts.length) return success(call, { data })
  const next = new URLSearchParams({
    cursor: Buffer.from(String(offset + limit)).toString('base64'),
    limit: String(limit),
  })
  // Vault names itself; who follows the link with a credential had better look where it leads.
  const responseDetails = { next_page: `https://sandbox.veevavault.example${path}?${next}` }
  return success(call, { responseDetails, data })
}

function visibleSession(call: VaultCall): UploadRecord | undefined {
  const session = call.state.uploadSessions.find(call.keys[0] ?? '')
  return session !== undefined && isVisible(call, session) ? session : undefined
}

function problemOf(
  session: UploadRecord,
  partNumber: number,
  { sizeBytes }: UploadedPart,
  nowMs: number,
): string | undefined {
  const parts = partsOf(session, nowMs)
  if (!(partNumber >= 1 && partNumber <= mostParts)) return `The part number must be from 1 to ${mostParts}.`
  if (partNumber > parts.size + 1) return `Part ${parts.size + 1} must be uploaded first.`
  if (sizeBytes > largestPartSizeBytes) return 'A part can be up to 50 MB.'
  const others = [...parts].filter(([number]) => number !== partNumber)
  const uploadedBytes = others.reduce((bytes, [, part]) => bytes + part.sizeBytes, sizeBytes)
  if (uploadedBytes > session.sizeBytes) return 'The parts are larger than the file.'
  const isLast = partNumber > others.length && uploadedBytes === session.sizeBytes
  if (isLast) return undefined
  if (sizeBytes < smallestPartSizeBytes) return 'A part must have at least 5 MB, but for the last one.'
  const first = parts.get(1)
  const isEqual = first === undefined || partNumber === 1 || first.sizeBytes === sizeBytes
  return isEqual ? undefined : 'Each part must be the same size, except for the last one.'
}

/** HTTP has it in base64, and Vault prints it in hex. */
function hasMd5(header: string | string[] | undefined, md5: string): boolean {
  if (header === undefined) return true
  return header === md5 || header === Buffer.from(md5, 'hex').toString('base64')
}

const printed = (partNumber: number, { sizeBytes, md5 }: UploadedPart) => ({
  size: sizeBytes,
  part_number: partNumber,
  part_content_md5: md5,
})

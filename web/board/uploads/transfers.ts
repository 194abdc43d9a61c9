import type { OperationContext } from 'urql'
import { client } from '../gateway/client.ts'
import { type Problem, problemsOf } from '../gateway/problem.ts'
import { announce } from '../shell/announcer.tsx'
import {
  AbortUploadDocument,
  CommitUploadDocument,
  CreateUploadDocument,
  type UploadRowFragment,
  UploadSessionDocument,
} from './operations.generated.ts'
import { missingParts } from './parts.ts'
import { forgetFile, rememberFile } from './remembered-files.ts'
import { sendPart } from './send-part.ts'
import { endTransfer, type Transfer, tellCommitted, tellTransfer } from './transfer-store.ts'

type Session = UploadRowFragment

/** urql then asks anew for the list of uploads, also where it was empty. */
const touchesUploads: Partial<OperationContext> = { additionalTypenames: ['UploadSession'] }

const stops = new Map<string, AbortController>()

/** Begins the upload of a file, and does not wait for its end. Returns why it could not begin. */
export async function beginUpload(file: File, path: string, overwrite: boolean): Promise<readonly Problem[]> {
  const input = { path, size: file.size, overwrite }
  const { data, error } = await client.mutation(CreateUploadDocument, { input }, touchesUploads)
  const session = data?.createUploadSession?.uploadSession
  if (session === undefined || session === null) return problemsOf(error)
  rememberFile(session.id, file)
  announce(`The upload of ${session.name} has begun.`)
  void send(session, file)
  return []
}

/** Goes on with an upload where Vault has stopped. */
export async function resumeUpload(id: string, file: File): Promise<void> {
  tellTransfer(id, { state: 'sending', file, sentBytes: 0, problems: [] })
  const variables = { id }
  const { data, error } = await client.query(UploadSessionDocument, variables, {
    requestPolicy: 'network-only',
  })
  const session = data?.uploadSession
  if (session === undefined || session === null) {
    return pauseAt(id, { file, problems: error === undefined ? [goneAway] : problemsOf(error) })
  }
  rememberFile(id, file)
  return send(session, file)
}

const goneAway: Problem = {
  message: 'Vault has this upload no more: it was finished or aborted elsewhere, or has expired.',
  code: undefined,
  retryAfter: undefined,
}

/** Stops sending. What has not arrived of the present part is sent again later. */
export function pauseUpload(id: string): void {
  stops.get(id)?.abort()
}

/** Gives an upload up. Returns why that could not be done. */
export async function abortUpload(id: string): Promise<readonly Problem[]> {
  pauseUpload(id)
  const { error } = await client.mutation(AbortUploadDocument, { id }, touchesUploads)
  if (error === undefined) finish(id)
  return problemsOf(error)
}

/** Has Vault put a file together whose parts have all arrived. */
export async function commitUpload({ id, path, name }: Session, file?: File): Promise<void> {
  tellTransfer(id, { state: 'committing', file, sentBytes: 0, problems: [] })
  const { data, error } = await client.mutation(CommitUploadDocument, { id }, touchesUploads)
  const jobId = data?.commitUploadSession?.jobId
  if (jobId === undefined) return pauseAt(id, { file, problems: problemsOf(error) })
  tellCommitted({ path, name, jobId })
  announce(`${name} has arrived. Vault puts it together.`)
  finish(id)
}

async function send(session: Session, file: File): Promise<void> {
  const stop = new AbortController()
  stops.set(session.id, stop)
  for (const { partNumber, start, end } of missingParts(session)) {
    const onProgress = (sentBytes: number) => tell(start + sentBytes)
    const tell = (sentBytes: number) =>
      tellTransfer(session.id, { state: 'sending', file, sentBytes: Math.min(end, sentBytes), problems: [] })
    tell(start)
    const outcome = await sendPart(session.id, partNumber, file.slice(start, end), onProgress, stop.signal)
    if (outcome !== 'arrived') {
      if (outcome !== 'stopped') announce(`The upload of ${session.name} has stopped.`)
      return pauseAt(session.id, { file, problems: outcome === 'stopped' ? [] : outcome })
    }
  }
  await commitUpload(session, file)
}

function pauseAt(id: string, { file, problems }: Pick<Transfer, 'file' | 'problems'>): void {
  stops.delete(id)
  tellTransfer(id, { state: 'paused', file, sentBytes: 0, problems })
}

function finish(id: string): void {
  forgetFile(id)
  stops.delete(id)
  endTransfer(id)
}

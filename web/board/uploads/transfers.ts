import pLimit from 'p-limit'
import type { OperationContext } from 'urql'
import { client } from '../gateway/client.ts'
import { type Problem, problemsOf } from '../gateway/problem.ts'
import { announce } from '../shell/announcer.tsx'
import { onlyHere } from './only-here.ts'
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
import { endTransfer, type Transfer, tellCommitted, tellTransfer, transferStore } from './transfer-store.ts'

type Session = UploadRowFragment

/** urql then asks anew for the list of uploads, also where it was empty. */
const touchesUploads: Partial<OperationContext> = { additionalTypenames: ['UploadSession'] }

/** A browser opens six connections to one host over HTTP/1.1. So many files at once leave some for everything else. */
const maxSending = 3

const turns = pLimit(maxSending)
const stops = new Map<string, AbortController>()

/** Begins the upload of a file, and does not wait for its end. Returns why it could not begin. */
export async function beginUpload(file: File, path: string, overwrite: boolean): Promise<readonly Problem[]> {
  const input = { path, size: file.size, overwrite }
  const { data, error } = await client.mutation(CreateUploadDocument, { input }, touchesUploads)
  const session = data?.createUploadSession?.uploadSession
  if (session === undefined || session === null) return problemsOf(error)
  announce(`The upload of ${session.name} has begun.`)
  void sendInTurn(session.id, file, async () => session)
  return []
}

/** Goes on with an upload where Vault has stopped. */
export function resumeUpload(id: string, file: File): Promise<void> {
  return sendInTurn(id, file, () => ask(id))
}

/** Where Vault stands, or why that cannot be told. */
async function ask(id: string): Promise<Session | readonly Problem[]> {
  const context = { requestPolicy: 'network-only' } as const
  const { data, error } = await client.query(UploadSessionDocument, { id }, context)
  return data?.uploadSession ?? (error === undefined ? [goneAway] : problemsOf(error))
}

const goneAway: Problem = {
  message: 'Vault has this upload no more: it was finished or aborted elsewhere, or has expired.',
  code: undefined,
  retryAfter: undefined,
}

const sentElsewhere: Problem = {
  message: 'Another page of this browser sends this file.',
  code: undefined,
  retryAfter: undefined,
}

/** Stops sending. What has not arrived of the present part is sent again later. */
export function pauseUpload(id: string): void {
  stops.get(id)?.abort()
  const transfer = transferStore.current().open.get(id)
  if (transfer?.state === 'waiting') pauseAt(id, { file: transfer.file, problems: [] })
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

function sendInTurn(
  id: string,
  file: File,
  find: () => Promise<Session | readonly Problem[]>,
): Promise<void> {
  const stop = new AbortController()
  stops.set(id, stop)
  rememberFile(id, file)
  tellTransfer(id, { state: 'waiting', file, sentBytes: 0, problems: [] })
  return turns(async () => {
    if (stop.signal.aborted) return
    const isDone = await onlyHere(id, async () => {
      const session = await find()
      if (stop.signal.aborted) return
      if ('id' in session) await send(session, file, stop.signal)
      else pauseAt(id, { file, problems: session })
    })
    if (!isDone) pauseAt(id, { file, problems: [sentElsewhere] })
  })
}

async function send(session: Session, file: File, signal: AbortSignal): Promise<void> {
  const { id, name } = session
  for (const { partNumber, start, end } of missingParts(session)) {
    const tell = (sentBytes: number) =>
      tellTransfer(id, { state: 'sending', file, sentBytes: Math.min(end, start + sentBytes), problems: [] })
    tell(0)
    const outcome = await sendPart(id, partNumber, file.slice(start, end), tell, signal)
    if (outcome !== 'arrived') {
      if (outcome !== 'stopped') announce(`The upload of ${name} has stopped.`)
      return pauseAt(id, { file, problems: outcome === 'stopped' ? [] : outcome })
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

import { type ReactNode, useEffect, useState } from 'react'
import type { Problem } from '../gateway/problem.ts'
import { useFollow } from '../gateway/use-follow.ts'
import { ConfirmButton } from '../shell/confirm-button.tsx'
import { FileButton } from '../shell/file-button.tsx'
import { Problems } from '../shell/problems.tsx'
import { Ago } from '../words/moment.tsx'
import { percentOf, sizeOf } from '../words/size.ts'
import { FollowUploadDocument, type UploadRowFragment } from './operations.generated.ts'
import { isRemembered, whyNotTheSame } from './remembered-files.ts'
import { abortUpload, commitUpload, pauseUpload, resumeUpload, type Transfer } from './transfers.ts'

/** An upload under way, of this page or of whoever else. */
export function UploadRow({
  session: listed,
  transfer,
  onGone,
}: {
  readonly session: UploadRowFragment
  readonly transfer: Transfer | undefined
  /** Called when Vault has the upload no more. */
  readonly onGone: () => void
}): ReactNode {
  const { data, isOver } = useFollow(FollowUploadDocument, { id: listed.id })
  const [problems, setProblems] = useState<readonly Problem[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is over.
  useEffect(() => {
    if (isOver) onGone()
  }, [isOver])
  const session = data?.uploadSessionUpdated ?? listed
  const { id, name, path, size, uploaded, expirationDate } = session
  const doneBytes = Math.max(uploaded, transfer?.sentBytes ?? 0)
  const share = size === 0 ? 1 : doneBytes / size
  return (
    <li className="row upload">
      <div className="row-head">
        <div>
          <h3>{name}</h3>
          <p className="under">{path}</p>
        </div>
        <div className="row-actions">
          <Actions session={session} transfer={transfer} onProblems={setProblems} />
          <ConfirmButton
            label={`Abort the upload of ${name}`}
            question={`Abort the upload of ${name}?`}
            explanation={`Vault throws away what has arrived: ${sizeOf(uploaded)}.`}
            answer="Abort it"
            onConfirm={async () => setProblems(await abortUpload(id))}
          >
            Abort
          </ConfirmButton>
        </div>
      </div>
      <progress className="progress" max={1} value={share} aria-label={`Upload of ${name}`} />
      <p className="under upload-facts">
        <span>
          {percentOf(share)} · {sizeOf(doneBytes)} of {sizeOf(size)}
        </span>
        <span>{stateOf(session, transfer)}</span>
        <span>
          Expires <Ago moment={expirationDate} />
        </span>
      </p>
      <Problems of={[...problems, ...(transfer?.problems ?? [])]} />
    </li>
  )
}

function stateOf({ id, uploaded, size }: UploadRowFragment, transfer: Transfer | undefined): string {
  switch (transfer?.state) {
    case 'sending':
      return 'Sending'
    case 'committing':
      return 'Finishing'
    case 'paused':
      return 'Paused'
    case undefined:
      if (uploaded === size) return 'All has arrived, and waits to be finished'
      return isRemembered(id)
        ? 'The browser forgets a file at a reload: choose it again to go on'
        : 'Begun elsewhere: choose its file to go on with it here'
  }
}

function Actions({
  session,
  transfer,
  onProblems,
}: {
  readonly session: UploadRowFragment
  readonly transfer: Transfer | undefined
  readonly onProblems: (problems: readonly Problem[]) => void
}): ReactNode {
  const { id, name, uploaded, size } = session
  const file = transfer?.file
  if (transfer?.state === 'committing') return null
  if (transfer?.state === 'sending') {
    return (
      <button type="button" className="button" aria-label={`Pause ${name}`} onClick={() => pauseUpload(id)}>
        Pause
      </button>
    )
  }
  if (uploaded === size) {
    return (
      <button
        type="button"
        className="button"
        aria-label={`Finish ${name}`}
        onClick={() => commitUpload(session, file)}
      >
        Finish
      </button>
    )
  }
  if (file !== undefined) {
    return (
      <button
        type="button"
        className="button"
        aria-label={`Go on with ${name}`}
        onClick={() => resumeUpload(id, file)}
      >
        Go on
      </button>
    )
  }
  return (
    <FileButton
      label={`Choose ${name} again`}
      onFiles={([chosen]) => {
        if (chosen === undefined) return
        const message = whyNotTheSame(chosen, session)
        onProblems(message === undefined ? [] : [{ message, code: undefined, retryAfter: undefined }])
        if (message === undefined) void resumeUpload(id, chosen)
      }}
    >
      Choose the file…
    </FileButton>
  )
}

import type { ReactNode } from 'react'
import type { Problem } from '../gateway/problem.ts'
import { FileButton } from '../shell/file-button.tsx'
import type { UploadRowFragment } from './operations.generated.ts'
import { whyNotTheSame } from './remembered-files.ts'
import type { Transfer } from './transfer-store.ts'
import { commitUpload, pauseUpload, resumeUpload } from './transfers.ts'

/** What can be done with an upload from here: pause it, go on with it, or finish it. */
export function UploadActions({
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
  if (transfer?.state === 'sending' || transfer?.state === 'waiting') {
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

import { type ReactNode, useEffect, useState } from 'react'
import type { Problem } from '../gateway/problem.ts'
import { useFollow } from '../gateway/use-follow.ts'
import { ConfirmButton } from '../shell/confirm-button.tsx'
import { Problems } from '../shell/problems.tsx'
import { useViewer } from '../sign-in/viewer.ts'
import { Ago } from '../words/moment.tsx'
import { percentOf, sizeOf } from '../words/size.ts'
import { FollowUploadDocument, type UploadRowFragment } from './operations.generated.ts'
import { isRemembered } from './remembered-files.ts'
import type { Transfer } from './transfer-store.ts'
import { abortUpload } from './transfers.ts'
import { UploadActions } from './upload-actions.tsx'

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
  const viewer = useViewer()
  const [problems, setProblems] = useState<readonly Problem[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is over.
  useEffect(() => {
    if (isOver) onGone()
  }, [isOver])
  const session = data?.uploadSessionUpdated ?? listed
  const { id, name, path, size, uploaded, expirationDate, owner } = session
  const isOfOther = viewer !== undefined && viewer.userId !== owner
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
          {!isOfOther && <UploadActions session={session} transfer={transfer} onProblems={setProblems} />}
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
        <span>{isOfOther ? `Sent by user ${owner}, who alone can go on` : stateOf(session, transfer)}</span>
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
    case 'waiting':
      return 'Waits for its turn'
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

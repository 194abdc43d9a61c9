import { type ReactNode, useSyncExternalStore } from 'react'
import { type OperationContext, useQuery } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { Empty } from '../shell/empty.tsx'
import { Problems } from '../shell/problems.tsx'
import { ScreenHeading } from '../shell/screen-heading.tsx'
import { CommittedFile } from './committed-file.tsx'
import { NewUpload } from './new-upload.tsx'
import { UploadSessionsDocument } from './operations.generated.ts'
import { transferStore } from './transfer-store.ts'
import { UploadRow } from './upload-row.tsx'
import './uploads.css'

/** An empty list names no type, and would otherwise not be asked for anew. */
const listsUploads: Partial<OperationContext> = { additionalTypenames: ['UploadSession'] }

/** Uploads to Vault's file staging: new ones, those under way, and what becomes of those that have arrived. */
export function UploadsScreen(): ReactNode {
  const { open, committed } = useSyncExternalStore(transferStore.subscribe, transferStore.current)
  const [{ data, error, fetching }, ask] = useQuery({
    query: UploadSessionsDocument,
    requestPolicy: 'cache-and-network',
    context: listsUploads,
  })
  const sessions = data?.uploadSessions ?? []
  const refresh = () => ask({ requestPolicy: 'network-only' })
  return (
    <>
      <ScreenHeading title="Uploads">
        Files go into Vault’s file staging in parts, so that a broken upload goes on where it stopped.
      </ScreenHeading>
      <NewUpload />
      {committed.length > 0 && (
        <section aria-labelledby="committed-uploads">
          <h2 id="committed-uploads">Arrived</h2>
          <ul className="rows">
            {committed.map((upload) => (
              <CommittedFile key={upload.jobId} {...upload} />
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="open-uploads">
        <div className="section-head">
          <h2 id="open-uploads">Under way</h2>
          <button type="button" className="button" onClick={refresh} disabled={fetching}>
            Look again
          </button>
        </div>
        <Problems of={problemsOf(error)} onRetry={refresh} />
        {sessions.length > 0 && (
          <ul className="rows">
            {sessions.map((session) => (
              <UploadRow
                key={session.id}
                session={session}
                transfer={open.get(session.id)}
                onGone={refresh}
              />
            ))}
          </ul>
        )}
        {data?.uploadSessions?.length === 0 && (
          <Empty title="No upload is under way">Drop a file above to begin one.</Empty>
        )}
      </section>
    </>
  )
}

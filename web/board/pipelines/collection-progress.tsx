import { type ReactNode, useState } from 'react'
import { useNow } from '../words/moment.tsx'
import { lasting } from '../words/time.ts'
import type { Collection } from './pipeline-profile.tsx'

/**
 * How a collection goes. Feldera tells how long it still takes; how long it takes in all is known of one that this page has
 * begun.
 */
export function CollectionProgress({
  retryAfter,
  collection,
}: {
  readonly retryAfter: number
  readonly collection: Collection | undefined
}): ReactNode {
  const [endMs] = useState(() => Date.now() + retryAfter * 1000)
  const leftMs = Math.max(0, endMs - useNow())
  const totalMs = collection === undefined ? undefined : endMs - collection.beganMs
  const done = totalMs === undefined ? undefined : Math.min(1, Math.max(0, 1 - leftMs / totalMs))
  return (
    <div className="card collection">
      <p>
        <strong>Collecting.</strong>{' '}
        <span className="quiet">
          {leftMs > 0 ? `About ${lasting(leftMs + 999)} to go.` : 'Feldera writes the profile.'}
        </span>
      </p>
      <progress className="progress" aria-label="Collection" max={1} value={done} />
    </div>
  )
}

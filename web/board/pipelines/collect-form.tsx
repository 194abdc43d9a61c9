import { type FormEvent, type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { announce } from '../shell/announcer.tsx'
import { Problems } from '../shell/problems.tsx'
import { CollectProfileDocument } from './operations.generated.ts'
import type { Collection } from './pipeline-profile.tsx'

const durations = [
  [10, '10 seconds'],
  [30, '30 seconds'],
  [60, '1 minute'],
  [300, '5 minutes'],
] as const

/** Collects a new profile. */
export function CollectForm({
  name: pipelineName,
  canProfile,
  onBegun,
}: {
  readonly name: string
  readonly canProfile: boolean
  readonly onBegun: (collection: Collection) => void
}): ReactNode {
  const [durationSecs, setDurationSecs] = useState(30)
  const [{ fetching, error }, collect] = useMutation(CollectProfileDocument)

  async function submit(event: FormEvent) {
    event.preventDefault()
    const { data } = await collect({ pipelineName, durationSecs })
    if (data?.startSamplyProfile?.profile === undefined) return
    announce(`A profile of ${pipelineName} is being collected.`)
    onBegun({ beganMs: Date.now(), durationSecs })
  }

  return (
    <form className="collect" aria-label="New profile" onSubmit={submit}>
      <label className="collect-label">
        Sample for
        <select
          className="field"
          value={durationSecs}
          onChange={({ currentTarget }) => setDurationSecs(Number(currentTarget.value))}
        >
          {durations.map(([seconds, title]) => (
            <option key={seconds} value={seconds}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="button button-main" disabled={fetching || !canProfile}>
        {fetching ? 'Starting…' : 'Collect a profile'}
      </button>
      {!canProfile && <p className="hint">A pipeline has to run to be profiled.</p>}
      <Problems of={problemsOf(error)} />
    </form>
  )
}

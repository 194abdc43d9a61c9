import type { ReactNode } from 'react'
import { percentOf } from '../words/size.ts'
import type { Analysis } from './profile-facts.tsx'

/** Which threads are looked at: those of one name, or all. */
export function ThreadChoice({
  threads,
  chosen,
  onChoose,
}: {
  readonly threads: Analysis['threads']
  /** Undefined: all. */
  readonly chosen: string | undefined
  readonly onChoose: (name: string | undefined) => void
}): ReactNode {
  const byName = Map.groupBy(threads, ({ name }) => name)
  const total = samplesOf(threads)
  return (
    <label className="choice">
      Threads
      <select
        className="field"
        value={chosen ?? ''}
        onChange={({ currentTarget: { value } }) => onChoose(value === '' ? undefined : value)}
      >
        <option value="">All {threads.length}</option>
        {[...byName].map(([name, group]) => (
          <option key={name} value={name}>
            {name}
            {group.length > 1 && ` (${group.length})`} · {percentOf(samplesOf(group) / total)}
          </option>
        ))}
      </select>
    </label>
  )
}

function samplesOf(threads: Analysis['threads']): number {
  return threads.reduce((sum, { sampleCount }) => sum + sampleCount, 0)
}

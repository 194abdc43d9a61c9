import { type ReactNode, useMemo, useState } from 'react'
import { useQuery } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { Problems } from '../shell/problems.tsx'
import { percentOf } from '../words/size.ts'
import { FlameGraph } from './flame-graph.tsx'
import { type FlameNode, matchesOf } from './flame-layout.ts'
import { LibraryLegend } from './library-legend.tsx'
import { FlameGraphDocument } from './operations.generated.ts'

const none: readonly FlameNode[] = []

/** The flame graph, with a search and the choice of its direction. */
export function FlameGraphPanel({
  name: pipelineName,
  thread,
}: {
  readonly name: string
  readonly thread: string | undefined
}): ReactNode {
  const [inverted, setInverted] = useState(false)
  const [search, setSearch] = useState('')
  const [{ data, error, fetching }] = useQuery({
    query: FlameGraphDocument,
    variables: { pipelineName, thread: thread ?? null, inverted },
    requestPolicy: 'network-only',
  })
  const profile = data?.samplyProfile
  const nodes = (profile?.__typename === 'SamplyProfile' ? profile.analysis?.flameGraph : undefined) ?? none
  const matches = useMemo(() => matchesOf(nodes, search), [nodes, search])
  return (
    <section aria-labelledby="flame-graph">
      <div className="section-head">
        <h2 id="flame-graph">Flame graph</h2>
        <div className="flame-tools">
          <label className="check">
            <input
              type="checkbox"
              checked={inverted}
              onChange={({ currentTarget }) => setInverted(currentTarget.checked)}
            />
            Callers below
          </label>
          <input
            type="search"
            className="field"
            aria-label="Search functions"
            placeholder="Search functions"
            spellCheck={false}
            value={search}
            onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        </div>
      </div>
      <Problems of={problemsOf(error)} />
      {nodes.length > 0 && (
        <FlameGraph key={`${thread} ${inverted}`} nodes={nodes} matches={matches.indexes} />
      )}
      <div className="flame-foot">
        <LibraryLegend nodes={nodes} />
        <p className="quiet" role="status" aria-label="Search result">
          {search.trim() !== '' &&
            !fetching &&
            `${matches.functionCount} ${matches.functionCount === 1 ? 'function' : 'functions'}, ${percentOf(matches.share)} of what is drawn`}
        </p>
      </div>
    </section>
  )
}

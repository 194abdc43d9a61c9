import type { ReactNode } from 'react'
import { Figure } from '../shell/figure.tsx'
import { sizeOf } from '../words/size.ts'
import { inFull, lasting } from '../words/time.ts'
import type { ProfileOverviewQuery } from './operations.generated.ts'

/** What the gateway has read out of a profile. */
export type Analysis = NonNullable<
  Extract<ProfileOverviewQuery['samplyProfile'], { readonly __typename: 'SamplyProfile' }>['analysis']
>

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** How large a profile is, and of when. */
export function ProfileFacts({
  sizeBytes,
  analysis: { sampleCount, durationMs, intervalMs, startTime, threads },
}: {
  readonly sizeBytes: number
  readonly analysis: Analysis
}): ReactNode {
  return (
    <>
      <dl className="numbers">
        <Figure title="Samples" value={whole.format(sampleCount)} />
        <Figure
          title="Sampled for"
          value={
            durationMs < 1000 ? `${Math.round(durationMs)} ms` : lasting(Math.round(durationMs / 1000) * 1000)
          }
        />
        <Figure title="Every" value={`${Math.round(intervalMs * 100) / 100} ms`} />
        <Figure title="Threads" value={String(threads.length)} />
        <Figure title="File" value={sizeOf(sizeBytes)} />
      </dl>
      {startTime !== null && <p className="under">Begun {inFull(startTime)}</p>}
    </>
  )
}

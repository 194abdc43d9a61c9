import type { ReactNode } from 'react'
import { percentOf } from '../words/size.ts'
import type { PlacedNode } from './flame-layout.ts'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** What there is to say of the box that is pointed at or has the focus. A screen reader has heard it from the box. */
export function FlameTip({
  place: { node, left, width },
  total,
}: {
  readonly place: PlacedNode
  readonly total: number
}): ReactNode {
  const { name, library, depth, totalSamples, selfSamples } = node
  return (
    <div
      className={`flame-tip ${left + width / 2 > 0.5 ? 'flame-tip-end' : ''}`}
      aria-hidden="true"
      style={{ '--depth': depth, '--left': left, '--right': 1 - left - width }}
    >
      <strong className="function-name">{name}</strong>
      <span className="quiet">{library ?? 'library not known'}</span>
      <span>
        {percentOf(totalSamples / total)} in all, {whole.format(totalSamples)} samples
      </span>
      <span>
        {percentOf(selfSamples / total)} itself, {whole.format(selfSamples)} samples
      </span>
    </div>
  )
}

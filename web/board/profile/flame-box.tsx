import { memo } from 'react'
import { percentOf } from '../words/size.ts'
import type { PlacedNode } from './flame-layout.ts'
import { shadeOf } from './library-colours.ts'
import { hueStyle } from './library-legend.tsx'

/** From which share of the width on a name has room. */
const minNameWidth = 0.025

/** One box: a function, called in one particular way. The graph around it listens to what is done with it. */
export const FlameBox = memo(function FlameBox({
  place: { index, node, left, width },
  hue,
  total,
  isFocusable,
  isMatch,
  isZoomed,
}: {
  readonly place: PlacedNode
  /** Undefined: of no known library. */
  readonly hue: number | undefined
  /** The samples of the whole graph. */
  readonly total: number
  readonly isFocusable: boolean
  readonly isMatch: boolean
  readonly isZoomed: boolean
}) {
  const { name, depth, totalSamples, selfSamples } = node
  const shares = `${percentOf(totalSamples / total)}, itself ${percentOf(selfSamples / total)}`
  return (
    <div
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isZoomed}
      aria-label={`${name}: ${shares}`}
      tabIndex={isFocusable ? 0 : -1}
      data-index={index}
      className={`flame-box ${isMatch ? 'flame-match' : ''}`}
      style={{
        '--depth': depth,
        '--shade': shadeOf(name),
        left: `${left * 100}%`,
        width: `${width * 100}%`,
        ...hueStyle(hue),
      }}
    >
      {width >= minNameWidth && name}
    </div>
  )
})

/** Which box an event is about; undefined where it is about none. */
export function boxOf(target: EventTarget): number | undefined {
  const box = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null
  return box === null ? undefined : Number(box.dataset['index'])
}

import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { boxOf, FlameBox } from './flame-box.tsx'
import { drawnAt, type FlameNode, placed, type Step, stepFrom, stretchOf } from './flame-layout.ts'
import { FlameTip } from './flame-tip.tsx'
import { libraryColours } from './library-colours.ts'

/** A box that is narrower cannot be pointed at: about a pixel and a half of a screen. */
const minWidth = 0.0015

const steps: Readonly<Record<string, Step>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}

/**
 * A flame graph, its roots on top. A click on a box, or Enter, gives it the whole width; Escape gives the width back. With the
 * arrow keys one goes through the boxes. It is a tree to a screen reader.
 */
export function FlameGraph({
  nodes,
  matches,
}: {
  readonly nodes: readonly FlameNode[]
  /** The boxes to point out; undefined: none is searched for. */
  readonly matches: ReadonlySet<number> | undefined
}): ReactNode {
  const tree = useRef<HTMLDivElement>(null)
  const wantsFocus = useRef(false)
  const [zoomed, setZoomed] = useState<number>()
  const [focused, setFocused] = useState(0)
  const [pointed, setPointed] = useState<number>()
  const colours = useMemo(() => libraryColours(nodes), [nodes])
  const total = useMemo(() => stretchOf(nodes, undefined).end, [nodes])
  const visible = useMemo(() => placed(nodes, stretchOf(nodes, zoomed), minWidth), [nodes, zoomed])
  const focusable = drawnAt(visible, nodes, focused)
  const depth = visible.reduce((deepest, { node }) => Math.max(deepest, node.depth), 0)
  const tip = visible.find(({ index }) => index === pointed)

  function focus(index: number | undefined) {
    tree.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus()
  }

  // What had the focus may not be drawn any more, and the button that shows all goes away when it is pressed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each zoom.
  useEffect(() => {
    if (wantsFocus.current) focus(focusable)
    wantsFocus.current = false
  }, [zoomed])

  function zoom(index: number | undefined) {
    wantsFocus.current = true
    setZoomed(index)
  }

  function zoomTo(index: number | undefined) {
    if (index === undefined) return
    setFocused(index)
    zoom(index === zoomed ? undefined : index)
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = steps[event.key]
    if (step !== undefined) focus(stepFrom(visible, focusable, step))
    else if (event.key === 'Home') focus(visible[0]?.index ?? 0)
    else if (event.key === 'Enter' || event.key === ' ') zoomTo(focusable)
    else if (event.key === 'Escape' && zoomed !== undefined) zoom(undefined)
    else return
    event.preventDefault()
  }

  return (
    <div className="flame-frame">
      <div
        ref={tree}
        className={`flame ${matches === undefined ? '' : 'flame-searched'}`}
        role="tree"
        aria-label="Flame graph: arrow keys move, Enter zooms, Escape shows all"
        style={{ '--levels': depth + 1 }}
        onKeyDown={onKeyDown}
        onClick={({ target }) => zoomTo(boxOf(target))}
        onFocus={({ target }) => {
          const index = boxOf(target)
          setPointed(index)
          if (index !== undefined) setFocused(index)
        }}
        onPointerOver={({ target }) => setPointed(boxOf(target))}
        onPointerLeave={() => setPointed(undefined)}
        onBlur={() => setPointed(undefined)}
      >
        {visible.map((place) => (
          <FlameBox
            key={place.index}
            place={place}
            hue={colours.get(place.node.library ?? '')}
            total={total}
            isFocusable={place.index === focusable}
            isMatch={matches?.has(place.index) ?? false}
            isZoomed={place.index === zoomed}
          />
        ))}
        {tip !== undefined && <FlameTip place={tip} total={total} />}
      </div>
      {zoomed !== undefined && (
        <button type="button" className="button flame-reset" onClick={() => zoom(undefined)}>
          Show all
        </button>
      )}
    </div>
  )
}

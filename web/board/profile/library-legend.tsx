import { type CSSProperties, type ReactNode, useMemo } from 'react'
import type { FlameNode } from './flame-layout.ts'
import { librariesByRoom, libraryColours } from './library-colours.ts'

const shown = 6

/** Which colour is which library, for those that take most room. */
export function LibraryLegend({ nodes }: { readonly nodes: readonly FlameNode[] }): ReactNode {
  const colours = useMemo(() => libraryColours(nodes), [nodes])
  const libraries = useMemo(() => librariesByRoom(nodes).slice(0, shown), [nodes])
  return (
    <ul className="legend" aria-label="Colours of libraries">
      {libraries.map((library) => (
        <li key={library}>
          <span className="swatch" style={hueStyle(colours.get(library))} aria-hidden="true" />
          {library}
        </li>
      ))}
    </ul>
  )
}

/** Sets the hue of what is coloured by `--hue`; without a library it stays grey. */
export function hueStyle(hue: number | undefined): CSSProperties {
  return hue === undefined ? { '--chroma': 0 } : { '--hue': hue }
}

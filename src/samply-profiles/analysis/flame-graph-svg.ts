import type { FlameGraphNode } from './flame-graph.ts'

/** What is drawn. */
export interface FlameGraphPicture {
  /** Stands above it. */
  readonly title: string
  readonly nodes: readonly FlameGraphNode[]
  /** The samples that the whole width stands for. */
  readonly sampleCount: number
  /** Roots are at the top, and not at the bottom as flames have them. */
  readonly isInverted: boolean
}

/** All in pixels. */
const layout = {
  width: 1200,
  margin: 8,
  row: 18,
  header: 30,
  legendRow: 20,
  text: 12,
  titleText: 14,
  leastWidth: 0.3,
}

/** The width of a character of a monospace font, for its size. */
const characterWidth = 0.602

/** The fewest characters that say anything. */
const minShownCharacters = 3

/** Libraries in the legend; what the others share is left out of it. */
const maxLegendEntries = 8

/** Light enough for black text (a contrast of 7 and more), and told apart by people who do not see all colours. */
// biome-ignore format: a palette
const colours = [
  '#f6b26b', '#9fc5e8', '#b6d7a8', '#ffd966', '#d5a6bd', '#a2c4c9',
  '#ea9999', '#b4a7d6', '#cfd8a0', '#f9cb9c', '#8ecae6', '#d7c4a3',
]
const colourOfNoLibrary = '#d9d9d9'

/**
 * Draws a flame graph: a box for each function, as wide as its samples, above the one that called it. Names are text of
 * the profile, which is nobody's word to trust: all of them are escaped.
 */
export function flameGraphSvg({ nodes, title, sampleCount, isInverted }: FlameGraphPicture): string {
  const { width, margin, row, header, legendRow } = layout
  const libraries = librariesOf(nodes)
  const colourOf = coloursOf(libraries)
  const legend = legendOf(libraries)
  const levels = nodes.reduce((most, { depth }) => Math.max(most, depth + 1), 1)
  const top = header + (legend.length === 0 ? 0 : legendRow)
  const height = top + levels * row + margin
  const scale = (width - 2 * margin) / Math.max(1, sampleCount)
  const boxes = nodes.map((node) => {
    const level = isInverted ? node.depth : levels - 1 - node.depth
    const place = { x: margin + node.start * scale, y: top + level * row, width: node.totalSamples * scale }
    return box(node, place, colourOf(node.library), sampleCount)
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${layout.text}">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${margin}" y="20" font-size="${layout.titleText}" font-weight="bold">${escaped(fitted(title, width - 2 * margin, layout.titleText))}</text>
${legend.map((entry) => legendEntry(entry, colourOf(entry.library))).join('\n')}
${nodes.length === 0 ? `<text x="${margin}" y="${top + 13}">No samples.</text>` : boxes.join('')}
</svg>
`
}

interface BoxPlace {
  readonly x: number
  readonly y: number
  readonly width: number
}

function box(node: FlameGraphNode, { x, y, width }: BoxPlace, colour: string, sampleCount: number): string {
  if (width < layout.leastWidth) return ''
  const { name, library, totalSamples, selfSamples } = node
  const inner = `${layout.row - 1}`
  const told = `${name}${library === undefined ? '' : ` (${library})`}\n${percent(totalSamples / sampleCount)} of all samples, ${shown(totalSamples)}; ${shown(selfSamples)} of them in itself`
  // An `svg` of its own cuts off what does not fit, whichever font the viewer has.
  return `<svg x="${shown(x)}" y="${y}" width="${shown(width)}" height="${inner}"><title>${escaped(told)}</title><rect width="100%" height="100%" fill="${colour}" stroke="#fff" stroke-width="0.5"/>${label(name, width)}</svg>\n`
}

function label(name: string, width: number): string {
  const text = fitted(name, width - 6)
  return text === '' ? '' : `<text x="3" y="13">${escaped(text)}</text>`
}

/** As much of a text as there is room for; none where that would say nothing. */
function fitted(text: string, room: number, size = layout.text): string {
  const fitting = Math.floor(room / (size * characterWidth))
  if (fitting < minShownCharacters) return ''
  const characters = [...text]
  return characters.length <= fitting ? text : `${characters.slice(0, fitting - 1).join('')}…`
}

interface LegendEntry {
  readonly library: string
  readonly x: number
  readonly text: string
}

/** The libraries, the one with the most samples of its own first. */
function librariesOf(nodes: readonly FlameGraphNode[]): readonly string[] {
  const samples = new Map<string, number>()
  for (const { library, selfSamples } of nodes) {
    if (library !== undefined) samples.set(library, (samples.get(library) ?? 0) + selfSamples)
  }
  return [...samples].toSorted(([, one], [, other]) => other - one).map(([library]) => library)
}

function legendOf(libraries: readonly string[]): readonly LegendEntry[] {
  const room = (layout.width - 2 * layout.margin) / maxLegendEntries
  return libraries.slice(0, maxLegendEntries).map((library, index) => ({
    library,
    x: layout.margin + index * room,
    text: fitted(library, room - 24),
  }))
}

function legendEntry({ library, x, text }: LegendEntry, colour: string): string {
  const y = layout.header
  return `<g><title>${escaped(library)}</title><rect x="${shown(x)}" y="${y}" width="12" height="12" fill="${colour}"/><text x="${shown(x + 17)}" y="${y + 10}">${escaped(text)}</text></g>`
}

/**
 * A library has the same colour in every picture, as far as that can be: where a heavier one has taken it, the next that is
 * free.
 */
function coloursOf(libraries: readonly string[]): (library: string | undefined) => string {
  const chosen = new Map<string, string>()
  const free = new Set(colours)
  for (const library of libraries) {
    const hash = hashOf(library)
    const inTurn = colours.map((_, step) => colourAt(hash + step))
    const colour = inTurn.find((one) => free.has(one)) ?? colourAt(hash)
    free.delete(colour)
    chosen.set(library, colour)
  }
  return (library) => (library === undefined ? undefined : chosen.get(library)) ?? colourOfNoLibrary
}

const colourAt = (place: number) => colours[place % colours.length] ?? colourOfNoLibrary

function hashOf(text: string): number {
  let hash = 0
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0
  return hash
}

const percent = (share: number) => `${shown(share * 100)} %`
const shown = (value: number) => String(Math.round(value * 100) / 100)

/** Text for XML, which has no place for control characters and half characters. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(forbiddenInXml, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 does not allow (section 2.2)
const forbiddenInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

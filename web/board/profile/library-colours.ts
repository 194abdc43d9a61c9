import type { FlameNode } from './flame-layout.ts'

/** Hues that are told apart side by side. Which red is which green is told by the legend and by each box's description. */
const hues = [150, 45, 265, 85, 320, 200, 20, 115, 235, 350]

/** A hue for each library. Those that take most room get the hues that are told apart best. */
export function libraryColours(nodes: readonly FlameNode[]): ReadonlyMap<string, number> {
  return new Map(librariesByRoom(nodes).map((library, place) => [library, hues[place % hues.length] ?? 0]))
}

/** The libraries, the one whose boxes take most room first. */
export function librariesByRoom(nodes: readonly FlameNode[]): readonly string[] {
  const samples = new Map<string, number>()
  for (const { library, totalSamples } of nodes) {
    if (library !== null) samples.set(library, (samples.get(library) ?? 0) + totalSamples)
  }
  return [...samples].toSorted(([, one], [, other]) => other - one).map(([library]) => library)
}

/** A shade from -1 to 1 for a function, always the same, so that neighbours of one library are told apart. */
export function shadeOf(name: string): number {
  let hash = 0
  for (let index = 0; index < name.length; index += 1) hash = (hash * 31 + name.charCodeAt(index)) % 1009
  return (hash / 1008) * 2 - 1
}

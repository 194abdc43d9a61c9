/** The screens, in the order of the navigation. */
export const screenNames = ['jobs', 'uploads', 'profiling', 'pipelines'] as const

/** A screen of the board. */
export type ScreenName = (typeof screenNames)[number]

/** What the address asks for: a screen, and perhaps one thing on it, such as `#/pipelines/orders-enrichment`. */
export interface Route {
  readonly screen: ScreenName
  readonly item: string | undefined
}

/** Reads what stands behind the `#` of an address. What names no screen means the first one. */
export function readRoute(hash: string): Route {
  const [, name, item = ''] = /^#\/([^/]*)(?:\/(.*))?$/s.exec(hash) ?? []
  const screen = screenNames.find((known) => known === name) ?? 'jobs'
  return { screen, item: item === '' ? undefined : decoded(item) }
}

/** The address of a screen, or of one thing on it. */
export function linkTo(screen: ScreenName, item?: string): string {
  return item === undefined ? `#/${screen}` : `#/${screen}/${encodeURIComponent(item)}`
}

function decoded(item: string): string {
  try {
    return decodeURIComponent(item)
  } catch {
    return item
  }
}

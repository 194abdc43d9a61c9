import type { BoardPageConfig } from '../../src/server/board-page.ts'

/** What the gateway has written into the page for its script. */
export const configuration: BoardPageConfig = JSON.parse(
  document.getElementById('board-config')?.textContent ?? '',
)

/** The address of a route of the gateway. The page may be under a path of a proxy, so all are relative to it. */
export function addressOf(route: string): URL {
  return new URL(route, document.baseURI)
}

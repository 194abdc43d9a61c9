import {
  type BoardManifest,
  type BoardPageConfig,
  boardAssetPolicy,
  boardNotBuiltPage,
  boardPage,
  boardPagePolicy,
} from './board-page.ts'
import { builtPage } from './built-page.ts'
import type { HttpServer } from './http.ts'

/** Where the board is. */
export const boardPath = '/board'

/** What the board is told, and where it is. */
export interface BoardOptions extends BoardPageConfig {
  /** Where `scripts/build-board.ts` left the bundle. Default: `dist/board` in the project. */
  readonly bundleDirectory?: string
}

/** Adds the board, the example screens of `web/board`: its page at `/board`, its files under `/board/`. */
export async function addBoard(
  http: HttpServer,
  { bundleDirectory, ...config }: BoardOptions,
): Promise<void> {
  const { assets, sendPage } = builtPage<BoardManifest>({
    name: 'board',
    bundleDirectory,
    pagePolicy: boardPagePolicy,
    assetPolicy: boardAssetPolicy,
    render: (manifest) => boardPage(manifest, config),
    notBuilt: boardNotBuiltPage,
  })
  await http.register(assets)
  http.get(boardPath, (_request, reply) => sendPage(reply))
  // What is relative on the page would lead astray from there.
  http.get(`${boardPath}/`, (_request, reply) => reply.redirect('../board'))
}

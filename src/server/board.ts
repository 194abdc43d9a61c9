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

/** Adds the board, the example screens of `web/board`: its page at `/board`, its files under `/board/`. */
export async function addBoard(http: HttpServer, config: BoardPageConfig): Promise<void> {
  const { assets, sendPage } = builtPage<BoardManifest>({
    name: 'board',
    pagePolicy: boardPagePolicy,
    assetPolicy: boardAssetPolicy,
    render: (manifest) => boardPage(manifest, config),
    notBuilt: boardNotBuiltPage,
  })
  await http.register(assets)
  http.get(boardPath, (_request, reply) => sendPage(reply))
}

import { type BuiltPage, builtPage } from './built-page.ts'
import {
  type GraphiqlManifest,
  type GraphiqlTab,
  graphiqlAssetPolicy,
  graphiqlNotBuiltPage,
  graphiqlPage,
  graphiqlPagePolicy,
} from './graphiql-page.ts'

/** What GraphiQL shows. */
export interface GraphiqlOptions {
  /** Whether the gateway runs on its sandbox. The page then says so. */
  sandbox: boolean
  /** The tabs that open for a reader who has none of their own yet. */
  tabs: readonly GraphiqlTab[]
  /** Where `scripts/build-graphiql.ts` left the bundle. Default: `dist/graphiql` in the project. */
  bundleDirectory?: string
}

/** GraphiQL. The route of `GET /graphql` sends the page for a request that prefers `text/html`. */
export function graphiql({ sandbox, tabs, bundleDirectory }: GraphiqlOptions): BuiltPage {
  return builtPage<GraphiqlManifest>({
    name: 'graphiql',
    bundleDirectory,
    pagePolicy: graphiqlPagePolicy,
    assetPolicy: graphiqlAssetPolicy,
    render: (manifest) => graphiqlPage(manifest, sandbox, tabs),
    notBuilt: graphiqlNotBuiltPage,
  })
}

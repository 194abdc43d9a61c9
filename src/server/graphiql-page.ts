import { dataElement, notBuiltPage, pageDocument } from './page-document.ts'

/** One tab that GraphiQL opens with. It is titled by the operation's name. */
export interface GraphiqlTab {
  /** The document as a reader should see it, comments included. */
  query: string
  /** Values for its variables. */
  variables?: Record<string, unknown>
}

/** Where the bundle's files are, relative to `assets/`. `scripts/build-graphiql.ts` writes it. */
export interface GraphiqlManifest {
  script: string
  styles: string
  icon: string
  workers: GraphiqlWorkers
}

/** The editors' web workers, by the label under which Monaco asks for them. */
export interface GraphiqlWorkers {
  editor: string
  json: string
  graphql: string
}

/** What the page's script is told. `web/graphiql/main.tsx` reads it from the element `graphiql-config`. */
export interface GraphiqlPageConfig {
  sandbox: boolean
  tabs: readonly GraphiqlTab[]
  /** Relative to the page. */
  workers: GraphiqlWorkers
}

/**
 * The page's Content-Security-Policy: nothing but this origin, and no script inside the page.
 *
 * Styles may be inline because Monaco writes `style` elements and attributes. The fonts, and a few of Monaco's
 * images, are `data:` URLs inside the style sheet. `'self'` covers the WebSocket too: it matches `ws:` and
 * `wss:` of the same host (CSP Level 3, section 6.7.2.8).
 */
export const graphiqlPagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  'font-src data:',
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The policy of each file under `/graphiql/`. A worker obeys its own file's policy and not the page's: this one
 * lets it load its own chunks and reach nothing else.
 */
export const graphiqlAssetPolicy = "default-src 'none'; script-src 'self'; frame-ancestors 'none'"

/**
 * Writes GraphiQL's page. Every address in it is relative, so that the page works behind a proxy that puts the
 * gateway under a path.
 */
export function graphiqlPage(
  manifest: GraphiqlManifest,
  sandbox: boolean,
  tabs: readonly GraphiqlTab[],
): string {
  const { editor, json, graphql } = manifest.workers
  const workers = { editor: asset(editor), json: asset(json), graphql: asset(graphql) }
  const config: GraphiqlPageConfig = { sandbox, tabs, workers }
  return pageDocument(
    'Vaultline',
    `<meta name="color-scheme" content="light dark">
    <link rel="icon" type="image/svg+xml" href="${asset(manifest.icon)}">
    <link rel="stylesheet" href="${asset(manifest.styles)}">
    <script type="module" src="${asset(manifest.script)}"></script>`,
    `${sandbox ? sandboxBanner : ''}
    <main id="graphiql"><noscript>GraphiQL needs JavaScript.</noscript></main>
    ${dataElement('graphiql-config', config)}`,
  )
}

/** The page that stands in for GraphiQL where the bundle was never built. It needs no other file. */
export const graphiqlNotBuiltPage = notBuiltPage(
  'GraphiQL',
  'The API itself is up: send operations to this address with POST.',
)

const sandboxBanner = `<aside class="sandbox-banner" aria-label="Sandbox">
      <strong>Sandbox:</strong> the data is made up by this process.
      Set <code>VAULT_URL</code> or <code>FELDERA_URL</code> to see your own.
    </aside>`

function asset(name: string): string {
  return `graphiql/${name}`
}

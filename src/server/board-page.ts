import { dataElement, notBuiltPage, pageDocument } from './page-document.ts'

/** Where the bundle's files are, relative to `assets/`. `scripts/build-board.ts` writes it. */
export interface BoardManifest {
  script: string
  styles: string
  icon: string
  /** Files that the first screen wants and that the browser would only find out about later. */
  preloads: readonly { readonly file: string; readonly as: 'font' | 'script' }[]
}

/** What the page's script is told. `web/board/configuration.ts` reads it from the element `board-config`. */
export interface BoardPageConfig {
  /** Whether the gateway runs on its sandbox, where who brings no credential is the demo user. */
  sandbox: boolean
  /** Whether there is a Vault to sign in to. */
  hasVault: boolean
}

/**
 * The page's Content-Security-Policy: nothing but this origin, and nothing inside the page. React sets `style` through
 * the DOM, which no policy counts as inline. `'self'` covers the WebSocket too (CSP Level 3, section 6.7.2.8).
 */
export const boardPagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** The policy of each file under `/board/`, none of which is a page or a worker. */
export const boardAssetPolicy = "default-src 'none'; frame-ancestors 'none'"

/**
 * Writes the board's page. Every address in it is relative, so that the page works behind a proxy that puts the gateway
 * under a path.
 */
export function boardPage(
  { script, styles, icon, preloads }: BoardManifest,
  config: BoardPageConfig,
): string {
  return pageDocument(
    'Vaultline board',
    `<meta name="color-scheme" content="light dark">
    <link rel="icon" type="image/svg+xml" href="${asset(icon)}">
    ${preloads.map(preload).join('\n    ')}
    <link rel="stylesheet" href="${asset(styles)}">
    <script type="module" src="${asset(script)}"></script>`,
    `<div id="board"><noscript>The board needs JavaScript.</noscript></div>
    ${dataElement('board-config', config)}`,
  )
}

/** The page that stands in for the board where the bundle was never built. */
export const boardNotBuiltPage = notBuiltPage(
  'The board',
  'The API itself is up, at <a href="graphql"><code>/graphql</code></a>.',
)

function preload({ file, as }: BoardManifest['preloads'][number]): string {
  return as === 'script'
    ? `<link rel="modulepreload" href="${asset(file)}">`
    : `<link rel="preload" href="${asset(file)}" as="font" type="font/woff2" crossorigin>`
}

function asset(name: string): string {
  return `board/${name}`
}

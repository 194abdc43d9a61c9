/** Writes an HTML page of the gateway. `head` and `body` are HTML. */
export function pageDocument(title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    ${head}
  </head>
  <body>
    ${body}
  </body>
</html>
`
}

/** The page that stands in for one that was never built. It needs no other file. `hint` is HTML. */
export function notBuiltPage(name: string, hint: string): string {
  return pageDocument(
    'Vaultline',
    '<link rel="icon" href="data:,">',
    `<main>
      <h1>${name} has not been built</h1>
      <p>Run <code>npm run build</code> in the gateway's folder, then load this page again.</p>
      <p>${hint}</p>
    </main>`,
  )
}

/**
 * A `script` element that holds JSON for the page's script to read. The JSON cannot close it, nor open a comment in it
 * (HTML standard, section 4.12.1.3).
 */
export function dataElement(id: string, value: unknown): string {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c')
  return `<script type="application/json" id="${id}">${json}</script>`
}

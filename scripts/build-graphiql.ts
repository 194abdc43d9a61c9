/**
 * Bundles GraphiQL, its editors' workers and its styles from npm into `dist/graphiql`, so that the gateway
 * serves them itself and the page asks nobody else. `npm run build` runs it, and so does `npm ci`, there with
 * `--if-possible`: an installation without development dependencies has nothing to bundle with, and needs none.
 *
 * It leaves `assets/`, where each name carries a hash of the contents and each text lies beside its gzip, and
 * `manifest.json`, by which `src/server/graphiql.ts` finds them.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Plugin } from 'esbuild'
import type { GraphiqlManifest } from '../src/server/graphiql-page.ts'

const { build } = await import('esbuild').catch((error: unknown) => {
  if (!process.argv.includes('--if-possible')) throw error
  console.log('GraphiQL is not built: esbuild is not installed.')
  process.exit(0)
})

const root = dirname(import.meta.dirname)
const target = join(root, 'dist/graphiql')

/** `graphiql/style.css` holds Monaco's styles already; those that its modules import would come a second time. */
const withoutMonacoStyles: Plugin = {
  name: 'without-monaco-styles',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]monaco-editor[\\/].*\.css$/ }, () => ({ contents: '', loader: 'css' }))
  },
}

await rm(target, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [
    { in: 'web/graphiql/main.tsx', out: 'main' },
    { in: 'web/graphiql/favicon.svg', out: 'favicon' },
    { in: 'monaco-editor/esm/vs/editor/editor.worker.js', out: 'editor.worker' },
    { in: 'monaco-editor/esm/vs/language/json/json.worker.js', out: 'json.worker' },
    { in: 'monaco-graphql/esm/graphql.worker.js', out: 'graphql.worker' },
  ],
  outdir: join(target, 'assets'),
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  // GraphiQL labels its icons by the names of their components.
  keepNames: true,
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.svg': 'copy' },
  plugins: [withoutMonacoStyles],
  logLevel: 'warning',
  metafile: true,
})

const files = Object.keys(metafile.outputs)
await Promise.all(files.map((file) => compress(join(root, file))))
const manifest: GraphiqlManifest = {
  script: named('main', '.js'),
  styles: named('main', '.css'),
  icon: named('favicon', '.svg'),
  workers: {
    editor: named('editor.worker', '.js'),
    json: named('json.worker', '.js'),
    graphql: named('graphql.worker', '.js'),
  },
}
await writeFile(join(target, 'manifest.json'), JSON.stringify(manifest))

async function compress(file: string): Promise<void> {
  await writeFile(`${file}.gz`, await promisify(gzip)(await readFile(file)))
}

function named(name: string, extension: string): string {
  const found = files.map((file) => basename(file)).find((file) => matches(file, name, extension))
  if (found === undefined) throw new Error(`The bundle has no ${name}${extension}`)
  return found
}

function matches(file: string, name: string, extension: string): boolean {
  return file.startsWith(`${name}-`) && file.endsWith(extension)
}

import { basename, dirname } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import type { GraphiqlManifest } from '../src/server/graphiql-page.ts'
import { writeBundle } from './write-bundle.ts'

const root = dirname(import.meta.dirname)

/** `graphiql/style.css` holds Monaco's styles already; those that its modules import would come a second time. */
const withoutMonacoStyles: Plugin = {
  name: 'without-monaco-styles',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]monaco-editor[\\/].*\.css$/ }, () => ({ contents: '', loader: 'css' }))
  },
}

/** Bundles GraphiQL, its editors' workers and its styles from npm into `dist/graphiql`. */
export async function buildGraphiql(): Promise<void> {
  const { outputFiles } = await build(buildOptions)
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]))
  await writeBundle('graphiql', files, manifestOf([...files.keys()]))
}

const buildOptions = {
  absWorkingDir: root,
  entryPoints: [
    { in: 'web/graphiql/main.tsx', out: 'main' },
    { in: 'web/favicon.svg', out: 'favicon' },
    { in: 'monaco-editor/esm/vs/editor/editor.worker.js', out: 'editor.worker' },
    { in: 'monaco-editor/esm/vs/language/json/json.worker.js', out: 'json.worker' },
    { in: 'monaco-graphql/esm/graphql.worker.js', out: 'graphql.worker' },
  ],
  outdir: '.',
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
  write: false,
} satisfies BuildOptions

function manifestOf(files: readonly string[]): GraphiqlManifest {
  const named = (name: string, extension: string) => {
    const found = files.find((file) => file.startsWith(`${name}-`) && file.endsWith(extension))
    if (found === undefined) throw new Error(`The bundle has no ${name}${extension}`)
    return found
  }
  return {
    script: named('main', '.js'),
    styles: named('main', '.css'),
    icon: named('favicon', '.svg'),
    workers: {
      editor: named('editor.worker', '.js'),
      json: named('json.worker', '.js'),
      graphql: named('graphql.worker', '.js'),
    },
  }
}

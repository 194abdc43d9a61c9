import { dirname, join } from 'node:path'
import { build, type InlineConfig, type Rolldown } from 'vite'
import type { BoardManifest } from '../src/server/board-page.ts'
import { writeBundle } from './write-bundle.ts'

const source = join(dirname(import.meta.dirname), 'web/board')

/** Bundles the board into `dist/board`. */
export async function buildBoard(): Promise<void> {
  const output = outputOf(await build(configuration))
  const files = new Map(output.map((file) => [file.fileName, contentsOf(file)]))
  await writeBundle('board', files, manifestOf(output))
}

const configuration: InlineConfig = {
  configFile: false,
  root: source,
  // What is imported later is found beside the file that imports it, wherever the page is.
  base: './',
  publicDir: false,
  logLevel: 'warn',
  build: {
    write: false,
    assetsDir: '',
    assetsInlineLimit: 0,
    target: 'es2024',
    // Every browser that runs the board knows it.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: join(source, 'board.tsx'),
      output: { entryFileNames: '[name]-[hash].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
}

type Output = readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[]

function outputOf(built: Awaited<ReturnType<typeof build>>): Output {
  const [first] = Array.isArray(built) ? built : [built]
  if (first === undefined || !('output' in first)) throw new Error('Vite has built nothing')
  return first.output
}

function contentsOf(file: Output[number]): Uint8Array {
  return Buffer.from(file.type === 'chunk' ? file.code : file.source)
}

function manifestOf(output: Output): BoardManifest {
  const named = (pattern: RegExp) => {
    const found = output.find(({ fileName }) => pattern.test(fileName))
    if (found === undefined) throw new Error(`The bundle has no ${pattern}`)
    return found.fileName
  }
  const shared = output.flatMap((file) => (file.type === 'chunk' && file.isEntry ? file.imports : []))
  return {
    script: named(/^board-.*\.js$/),
    styles: named(/^board-.*\.css$/),
    icon: named(/^favicon-.*\.svg$/),
    preloads: [
      { file: named(/^geist-latin-wght-.*\.woff2$/), as: 'font' },
      ...shared.map((file) => ({ file, as: 'script' as const })),
    ],
  }
}

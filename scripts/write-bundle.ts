import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'

const bundles = join(dirname(import.meta.dirname), 'dist')
const textPattern = /\.(js|css|svg)$/

/**
 * Writes a bundle into `dist/<name>`: its files into `assets/`, each text with its gzip beside it, and `manifest.json`, by which
 * `src/server/built-page.ts` finds them. What is there from an earlier bundle goes.
 *
 * A gateway that runs never sees half of it, and two that write the same at the same time, as tests do, do not disturb
 * each other: names carry a hash of the contents, a file appears whole, and the manifest comes after the files.
 */
export async function writeBundle(
  name: string,
  files: ReadonlyMap<string, Uint8Array>,
  manifest: unknown,
): Promise<void> {
  const assets = join(bundles, name, 'assets')
  await mkdir(assets, { recursive: true })
  const written = new Map(await Promise.all([...files].map(withGzip)).then((pairs) => pairs.flat()))
  await Promise.all(
    [...written]
      .filter(([file]) => !existsSync(join(assets, file)))
      .map(([file, contents]) => appear(join(assets, file), contents)),
  )
  await appear(join(bundles, name, 'manifest.json'), Buffer.from(JSON.stringify(manifest)))
  const present = await readdir(assets)
  const stale = present.filter((file) => !written.has(file) && !file.endsWith(unfinished))
  await Promise.all(stale.map((file) => rm(join(assets, file), { force: true })))
}

const unfinished = '.unfinished'

async function appear(path: string, contents: Uint8Array): Promise<void> {
  const unfinishedPath = `${path}.${process.pid}${unfinished}`
  await writeFile(unfinishedPath, contents)
  await rename(unfinishedPath, path)
}

/** `@fastify/static` sends the gzip to whoever takes it. */
async function withGzip([file, contents]: readonly [string, Uint8Array]): Promise<[string, Uint8Array][]> {
  if (!textPattern.test(file)) return [[file, contents]]
  const level = constants.Z_BEST_COMPRESSION
  return [
    [file, contents],
    [`${file}.gz`, await promisify(gzip)(contents, { level })],
  ]
}

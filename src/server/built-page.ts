import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'

/** A page whose script and styles were bundled beforehand, by `scripts/build-pages.ts`. */
export interface BuiltPageOptions<Manifest> {
  /** The bundle's folder in `dist/`, and the path under which its files are served. */
  readonly name: string
  /** Where the bundle is. Default: in the project's `dist/`. */
  readonly bundleDirectory?: string | undefined
  /** The Content-Security-Policy of the page. */
  readonly pagePolicy: string
  /** The Content-Security-Policy of each file of the bundle. A worker obeys its own file's and not the page's. */
  readonly assetPolicy: string
  /** Writes the page around the bundle's files. */
  readonly render: (manifest: Manifest) => string
  /** What is sent, with 503, where the bundle was never built. */
  readonly notBuilt: string
}

/** A page and its files, served from this process alone. */
export interface BuiltPage {
  /** Serves the bundle's files under `/<name>/`. Register it on the application. */
  readonly assets: FastifyPluginAsync
  /**
   * Answers with the page. Where the bundle was not built it answers 503 and says how to build it.
   *
   * @throws what reading the bundle's manifest throws, unless it is only missing.
   */
  sendPage(reply: FastifyReply): Promise<FastifyReply>
}

const projectBundles = join(import.meta.dirname, '../../dist')

/**
 * Serves a page. The bundle is looked for on each page and not once at the start, so a missing one breaks nothing and
 * a new one needs no restart.
 */
export function builtPage<Manifest>(options: BuiltPageOptions<Manifest>): BuiltPage {
  const { name, bundleDirectory = join(projectBundles, name), pagePolicy, assetPolicy } = options
  return {
    assets: async (app) => {
      await app.register(fastifyStatic, {
        root: join(bundleDirectory, 'assets'),
        prefix: `/${name}/`,
        index: false,
        decorateReply: false,
        suppressWarning: true,
        preCompressed: true,
        // Each name carries a hash of its contents.
        immutable: true,
        maxAge: '365d',
        setHeaders: (reply) => {
          reply.header('content-security-policy', assetPolicy)
          reply.header('x-content-type-options', 'nosniff')
        },
      })
    },
    async sendPage(reply) {
      const manifest = await readManifest<Manifest>(bundleDirectory)
      return reply
        .code(manifest === undefined ? 503 : 200)
        .type('text/html; charset=utf-8')
        .headers({ ...pageHeaders, 'content-security-policy': pagePolicy })
        .send(manifest === undefined ? options.notBuilt : options.render(manifest))
    },
  }
}

const pageHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

async function readManifest<Manifest>(bundleDirectory: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(bundleDirectory, 'manifest.json'), 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

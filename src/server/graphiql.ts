import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import {
  type GraphiqlManifest,
  type GraphiqlTab,
  graphiqlAssetPolicy,
  graphiqlNotBuiltPage,
  graphiqlPage,
  graphiqlPagePolicy,
} from './graphiql-page.ts'

export interface GraphiqlOptions {
  /** Whether the gateway runs on its sandbox. The page then says so. */
  sandbox: boolean
  /** The tabs that open for a reader who has none of their own yet. */
  tabs: readonly GraphiqlTab[]
  /** Where `scripts/build-graphiql.ts` left the bundle. Default: `dist/graphiql` in the project. */
  bundleDirectory?: string
}

export interface Graphiql {
  /** Serves the bundle's files under `/graphiql/`. Register it on the application. */
  assets: FastifyPluginAsync
  /**
   * Answers with the page. The route of `GET /graphql` calls it for a request that prefers `text/html`. Where
   * the bundle was not built it answers 503 and says how to build it.
   *
   * @throws what reading the bundle's manifest throws, unless it is only missing.
   */
  sendPage(reply: FastifyReply): Promise<FastifyReply>
}

const projectBundleDirectory = join(import.meta.dirname, '../../dist/graphiql')

/**
 * GraphiQL, served from this process alone. The bundle is looked for on each page and not once at the start, so
 * a missing one breaks nothing and a new one needs no restart.
 */
export function graphiql(options: GraphiqlOptions): Graphiql {
  const { sandbox, tabs, bundleDirectory = projectBundleDirectory } = options
  return {
    assets: async (app) => {
      await app.register(fastifyStatic, {
        root: join(bundleDirectory, 'assets'),
        prefix: '/graphiql/',
        index: false,
        decorateReply: false,
        suppressWarning: true,
        preCompressed: true,
        // Each name carries a hash of its contents.
        immutable: true,
        maxAge: '365d',
        setHeaders: (reply) => {
          reply.header('content-security-policy', graphiqlAssetPolicy)
          reply.header('x-content-type-options', 'nosniff')
        },
      })
    },
    async sendPage(reply) {
      const manifest = await readManifest(bundleDirectory)
      const page = manifest === undefined ? graphiqlNotBuiltPage : graphiqlPage(manifest, sandbox, tabs)
      return reply
        .code(manifest === undefined ? 503 : 200)
        .type('text/html; charset=utf-8')
        .headers(pageHeaders)
        .send(page)
    },
  }
}

const pageHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': graphiqlPagePolicy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

async function readManifest(bundleDirectory: string): Promise<GraphiqlManifest | undefined> {
  try {
    return JSON.parse(await readFile(join(bundleDirectory, 'manifest.json'), 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { relayArtifactOf } from './relay-artifact.ts'

const root = join(import.meta.dirname, '../..')

/** The modules that a page of `docs/` shows, in a folder of their own. Disposing of them removes the folder. */
export interface Snippets extends AsyncDisposable {
  /** Runs a module by its file name, and gives what it exports. A second time it is not run again. */
  load<Exports extends z.ZodRawShape>(file: string, exports: Exports): Promise<z.output<z.ZodObject<Exports>>>
}

/** The parts of `configuration.js` that differ from one reader of the page to another. */
export interface SnippetSettings {
  readonly url: string
  readonly session: string
}

/**
 * Writes the modules of `docs/subscriptions.md` to files, each as it is printed, but for `configuration.js`, which has
 * the gateway's address and a session, and for what Relay's compiler makes of documents.
 */
export async function writeSnippets(settings: SnippetSettings): Promise<Snippets> {
  // Inside the project, where imports find `node_modules`, and where Git does not look.
  await mkdir(join(root, 'dist'), { recursive: true })
  const folder = await mkdtemp(join(root, 'dist/snippets-'))
  const page = await readFile(join(root, 'docs/subscriptions.md'), 'utf8')
  const files = new Map(modulesOf(page)).set('configuration.js', configuration(settings))
  for (const [file, text] of files) await writeFile(join(folder, file), withRelayArtifacts(text))
  return {
    async load(file, exports) {
      return z.object(exports).parse({ ...(await import(pathToFileURL(join(folder, file)).href)) })
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** What can be imported from a snippet: a function of this type. */
export function aFunction<Shape>(): z.ZodType<Shape> {
  return z.custom<Shape>((value) => typeof value === 'function', 'is no function')
}

/** The fenced blocks that begin with the name of a file, and what is in them. */
function modulesOf(page: string): readonly (readonly [file: string, text: string])[] {
  return [...page.matchAll(/^```js\n\/\/ ([\w-]+\.js)\n(.*?)^```$/gms)].map(([, file = '', text = '']) => [
    file,
    text,
  ])
}

/** Does what Relay's Babel plugin does. */
function withRelayArtifacts(text: string): string {
  return text.replaceAll(/graphql`([^`]+)`/g, (_whole, document: string) =>
    JSON.stringify(relayArtifactOf(document)),
  )
}

function configuration({ url, session }: SnippetSettings): string {
  const constants = {
    httpUrl: `${url}/graphql`,
    webSocketUrl: `${url.replace(/^http/, 'ws')}/graphql`,
    eventStreamUrl: `${url}/graphql/stream`,
  }
  const lines = Object.entries(constants).map(([name, value]) => `export const ${name} = '${value}'`)
  return [
    ...lines,
    `let session = '${session}'`,
    'export const vaultSession = async () => session',
    'export const signInAgain = (newSession) => { session = newSession }',
  ].join('\n')
}

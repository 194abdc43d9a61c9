/**
 * Writes what is made from `schema.graphql`: the types of the resolvers, and for each `operations.graphql` of `web/` the
 * typed documents beside it. With `--check`: fails when one of them would change.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { codegen } from '@graphql-codegen/core'
import * as typedDocumentNode from '@graphql-codegen/typed-document-node'
import * as typescript from '@graphql-codegen/typescript'
import * as typescriptOperations from '@graphql-codegen/typescript-operations'
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers'
import { parse } from 'graphql'

const root = new URL('..', import.meta.url)
const schemaFile = new URL('schema.graphql', root)

const schema = parse(readFileSync(schemaFile, 'utf8'))

/** A type of the schema is resolved from the type of the same name that a resource's `model.ts` exports, if any. */
function modelTypes(): Record<string, string> {
  const typeNames = schema.definitions.flatMap((node) =>
    node.kind === 'ObjectTypeDefinition' ? node.name.value : [],
  )
  const models = globSync('src/*/model.ts', { cwd: root }).sort()
  const exportPattern = /^export (?:interface|type) (\w+)/gm
  return Object.fromEntries(
    models.flatMap((file) =>
      [...readFileSync(new URL(file, root), 'utf8').matchAll(exportPattern)]
        .flatMap(([, name]) => name ?? [])
        .filter((name) => typeNames.includes(name))
        .map((name) => [name, `${file.replace('src/', '../')}#${name} as ${name}Model`]),
    ),
  )
}

const sharedConfig = { useTypeImports: true, enumsAsTypes: true, immutableTypes: true, strictScalars: true }

/** A file that is made, and what has to be in it. Both paths are relative to the project. */
interface Output {
  readonly file: string
  readonly source: string
  readonly text: string
}

async function resolverTypes(): Promise<Output> {
  const file = 'src/generated/resolvers.ts'
  const text = await codegen({
    filename: file,
    schema,
    documents: [],
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers: typescriptResolvers },
    config: {
      ...sharedConfig,
      resolverTypeWrapperSignature: 'Promise<T> | T | Error',
      onlyResolveTypeForInterfaces: true,
      optionalResolveType: true,
      contextType: '../core/operation.ts#OperationContext',
      scalars: {
        ID: { input: 'string', output: 'string' },
        DateTime: { input: 'Date', output: 'string' },
        SafeInt: 'number',
        URL: { input: 'URL', output: 'URL | string' },
      },
      mappers: modelTypes(),
    },
  })
  return { file, source: 'schema.graphql', text }
}

/** The operations of one part of a screen. A file for each, so that a part that is loaded later brings its own. */
async function operationsOf(source: string): Promise<Output> {
  const file = source.replace(/\.graphql$/, '.generated.ts')
  const document = parse(readFileSync(new URL(source, root), 'utf8'), { noLocation: true })
  const text = await codegen({
    filename: file,
    schema,
    documents: [{ location: source, document }],
    plugins: [{ operations: {} }, { documents: {} }],
    pluginMap: { operations: typescriptOperations, documents: typedDocumentNode },
    config: {
      ...sharedConfig,
      scalars: { ID: 'string', DateTime: 'string', SafeInt: 'number', URL: 'string' },
    },
  })
  return { file, source: `schema.graphql and ${source}`, text }
}

const operationFiles = globSync('web/*/*/operations.graphql', { cwd: root }).sort()
const outputs = await Promise.all([resolverTypes(), ...operationFiles.map(operationsOf)])
let isUpToDate = true
for (const { file, source, text } of outputs) {
  const path = new URL(file, root)
  const wanted = `// Generated from ${source} by \`npm run codegen\`. Do not edit.\n${text}`
  if (!process.argv.includes('--check')) {
    writeFileSync(path, wanted)
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== wanted) {
    isUpToDate = false
    console.error(`${file} does not fit ${source}: run \`npm run codegen\` and commit what it writes.`)
  }
}
process.exit(isUpToDate ? 0 : 1)

/** Writes `src/generated/resolvers.ts` from `schema.graphql`. With `--check`: fails when it would change. */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { codegen } from '@graphql-codegen/core'
import * as typescript from '@graphql-codegen/typescript'
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers'
import { parse } from 'graphql'

const root = new URL('..', import.meta.url)
const schemaFile = new URL('schema.graphql', root)
const outputFile = new URL('src/generated/resolvers.ts', root)

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

const banner = `// Generated from schema.graphql by \`npm run codegen\`. Do not edit.\n`

const output =
  banner +
  (await codegen({
    filename: outputFile.pathname,
    schema,
    documents: [],
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers: typescriptResolvers },
    config: {
      useTypeImports: true,
      enumsAsTypes: true,
      immutableTypes: true,
      resolverTypeWrapperSignature: 'Promise<T> | T | Error',
      strictScalars: true,
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
  }))

if (!process.argv.includes('--check')) {
  writeFileSync(outputFile, output)
} else if (readFileSync(outputFile, 'utf8') !== output) {
  console.error(
    'src/generated/resolvers.ts does not fit schema.graphql: run `npm run codegen` and commit what it writes.',
  )
  process.exit(1)
}

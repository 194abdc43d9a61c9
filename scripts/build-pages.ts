/**
 * Bundles the pages that the gateway serves, GraphiQL and the board, into `dist/`, so that it serves them itself and they ask
 * nobody else. `npm run build` runs it, and so does `npm ci`, there with `--if-possible`: an installation without
 * development dependencies has nothing to bundle with, and needs none.
 */
const [{ buildGraphiql }, { buildBoard }] = await Promise.all([
  import('./build-graphiql.ts'),
  import('./build-board.ts'),
]).catch((error: unknown) => {
  if (!process.argv.includes('--if-possible') || !isMissingPackage(error)) throw error
  console.log('GraphiQL and the board are not built: esbuild or Vite is not installed.')
  process.exit(0)
})

await Promise.all([buildGraphiql(), buildBoard()])

function isMissingPackage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}

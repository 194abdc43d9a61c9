import type { Environment } from 'monaco-editor'
import type { GraphiqlWorkers } from '../../src/server/graphiql-page.ts'

/** Tells Monaco, before it starts, where this origin serves its web workers. Addresses are relative to the page. */
export function installWorkers({ editor, json, graphql }: GraphiqlWorkers): void {
  const byLabel = new Map([
    ['json', json],
    ['graphql', graphql],
  ])
  const MonacoEnvironment: Environment = {
    getWorker: (_id, label) => {
      const address = byLabel.get(label) ?? editor
      return new Worker(new URL(address, document.baseURI), { type: 'module' })
    },
  }
  Object.assign(globalThis, { MonacoEnvironment })
}

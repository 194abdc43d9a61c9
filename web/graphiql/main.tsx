import { GraphiQL } from 'graphiql'
import { createRoot } from 'react-dom/client'
import type { GraphiqlPageConfig, GraphiqlTab } from '../../src/server/graphiql-page.ts'
import { CarryHeaders } from './carry-headers.tsx'
import { createFetcher } from './fetcher.ts'
import { namespacedStorage } from './storage.ts'
import { installWorkers } from './workers.ts'
import 'graphiql/style.css'
import './page.css'

/** Shown where the upstreams are real: what is left empty is not sent. */
const credentialHeaders = JSON.stringify({ Authorization: '', 'Feldera-Authorization': '' }, null, 2)

const { sandbox, tabs, workers } = readConfig()
const defaultHeaders = sandbox ? '' : credentialHeaders

installWorkers(workers)
createRoot(element('graphiql')).render(
  <GraphiQL
    fetcher={createFetcher(new URL(location.pathname, location.origin))}
    storage={namespacedStorage(localStorage, sandbox ? 'vaultline-sandbox:' : 'vaultline:')}
    shouldPersistHeaders={false}
    defaultTabs={tabs.map(toTabDefinition)}
    defaultHeaders={defaultHeaders}
    defaultEditorToolsVisibility={sandbox ? 'variables' : 'headers'}
    inputValueDeprecation
    schemaDescription
  >
    <GraphiQL.Logo>
      Vaultline <a href="board">Board</a>
    </GraphiQL.Logo>
    <CarryHeaders defaultHeaders={defaultHeaders} />
  </GraphiQL>,
)

function readConfig(): GraphiqlPageConfig {
  return JSON.parse(element('graphiql-config').textContent)
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no element #${id}`)
  return found
}

function toTabDefinition({ query, variables }: GraphiqlTab) {
  return { query, variables: variables === undefined ? null : JSON.stringify(variables, null, 2) }
}

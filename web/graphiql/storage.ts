import type { GraphiQLProps } from 'graphiql'
import { queryWithoutPasswords, recordsWithoutSecrets, variablesWithoutPasswords } from './without-secrets.ts'

type GraphiqlStorage = NonNullable<GraphiQLProps['storage']>

/**
 * What GraphiQL keeps in the browser, under keys that start with `namespace`: the sandbox's tabs do not turn up
 * when the same address serves real data.
 *
 * Credentials are never kept. GraphiQL's `shouldPersistHeaders` sees to its tabs, but the history of GraphiQL
 * 5.4 stores each request's headers whatever that says, so they are taken out here; and so are passwords, which
 * stand in documents and variables.
 */
export function namespacedStorage(backing: Storage, namespace: string): GraphiqlStorage {
  const keys = () => Object.keys(backing).filter((key) => key.startsWith(namespace))
  return {
    getItem: (key) => backing.getItem(namespace + key),
    setItem: (key, value) => backing.setItem(namespace + key, cleanerOf.get(key)?.(value) ?? value),
    removeItem: (key) => backing.removeItem(namespace + key),
    clear: () => {
      for (const key of keys()) backing.removeItem(key)
    },
    get length() {
      return keys().length
    },
  }
}

const cleanerOf = new Map([
  ['graphiql:query', queryWithoutPasswords],
  ['graphiql:variables', variablesWithoutPasswords],
  ['graphiql:tabState', recordsWithoutSecrets],
  ['graphiql:queries', recordsWithoutSecrets],
  ['graphiql:favorites', recordsWithoutSecrets],
])

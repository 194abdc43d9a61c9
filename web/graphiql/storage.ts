import type { GraphiQLProps } from 'graphiql'

type GraphiqlStorage = NonNullable<GraphiQLProps['storage']>

/**
 * What GraphiQL keeps in the browser, under keys that start with `namespace`: the sandbox's tabs do not turn up
 * when the same address serves real data.
 *
 * Credentials are never kept. GraphiQL's `shouldPersistHeaders` sees to its tabs, but the history of GraphiQL
 * 5.4 stores each request's headers whatever that says, so they are taken out here.
 */
export function namespacedStorage(backing: Storage, namespace: string): GraphiqlStorage {
  const keys = () => Object.keys(backing).filter((key) => key.startsWith(namespace))
  return {
    getItem: (key) => backing.getItem(namespace + key),
    setItem: (key, value) =>
      backing.setItem(namespace + key, historyKeys.has(key) ? withoutHeaders(value) : value),
    removeItem: (key) => backing.removeItem(namespace + key),
    clear: () => {
      for (const key of keys()) backing.removeItem(key)
    },
    get length() {
      return keys().length
    },
  }
}

const historyKeys = new Set(['graphiql:queries', 'graphiql:favorites'])

function withoutHeaders(history: string): string {
  return JSON.stringify(JSON.parse(history), (key, value) => (key === 'headers' ? undefined : value))
}

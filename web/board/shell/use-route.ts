import { useSyncExternalStore } from 'react'
import { type Route, readRoute } from './route.ts'

/** The route of the moment, as a hook. */
export function useRoute(): Route {
  return readRoute(useSyncExternalStore(subscribe, () => location.hash))
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

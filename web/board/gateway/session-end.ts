const listeners = new Set<() => void>()

/** Tells that the gateway took some operation for that of a stranger. */
export function tellSessionEnd(): void {
  for (const listener of listeners) listener()
}

/** Calls `listener` whenever that happens. Returns a function that stops. */
export function onSessionEnd(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

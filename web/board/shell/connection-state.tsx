import { type ReactNode, useSyncExternalStore } from 'react'
import { type Connection, connectionStore } from '../gateway/socket.ts'

const words: Record<Connection, string> = {
  idle: '',
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
}

/** Whether what is on the screen moves by itself. */
export function ConnectionState(): ReactNode {
  const connection = useSyncExternalStore(connectionStore.subscribe, connectionStore.current)
  return (
    <p className={`connection connection-${connection}`} role="status" aria-label="Connection">
      {words[connection]}
    </p>
  )
}

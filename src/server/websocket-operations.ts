import type { OperationTypeNode } from 'graphql'
import { OperationCancelled } from '../core/operation.ts'

/** The operations under way on one WebSocket. */
export interface SocketOperations {
  /** @returns a signal that aborts when the operation has ended, or its socket has closed */
  begin(id: string, type: OperationTypeNode): AbortSignal
  end(id: string): void
  endAll(): void
  /** The ids of the queries and mutations under way: those that end by themselves. */
  ending(): readonly string[]
  /** Resolves when no query and no mutation is under way, and the last one's messages are on their way. */
  idle(): Promise<void>
}

interface Operation {
  readonly type: OperationTypeNode
  readonly abort: AbortController
}

/** Makes the account of one socket. */
export function createSocketOperations(): SocketOperations {
  const operations = new Map<string, Operation>()
  const waiting: (() => void)[] = []

  const ending = () => [...operations].flatMap(([id, { type }]) => (type === 'subscription' ? [] : [id]))
  const tellIfIdle = () => {
    if (ending().length > 0) return
    for (const resolve of waiting.splice(0)) resolve()
  }
  const end = (id: string) => {
    operations.get(id)?.abort.abort(new OperationCancelled('The operation has ended.'))
    operations.delete(id)
    // The protocol tells the end of an operation just after this.
    setImmediate(tellIfIdle)
  }
  return {
    begin(id, type) {
      const abort = new AbortController()
      operations.set(id, { type, abort })
      return abort.signal
    },
    end,
    endAll() {
      for (const id of operations.keys()) end(id)
    },
    ending,
    idle: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        tellIfIdle()
      }),
  }
}

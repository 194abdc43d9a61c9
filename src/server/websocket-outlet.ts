import type { Outlet } from '../graphql/subscriber.ts'
import { type Connection, operationEnded, sendComplete, sendNext } from './websocket-connection.ts'

/**
 * The way of one subscription's results to its client. A class, since three functions for each of very many
 * subscriptions would take more memory than all else that is kept of one.
 */
export class SocketOutlet implements Outlet {
  readonly #connection: Connection
  readonly #id: string
  readonly #idJson: string

  constructor(connection: Connection, id: string) {
    this.#connection = connection
    this.#id = id
    this.#idJson = JSON.stringify(id)
  }

  isFull(): boolean {
    return this.#connection.fullSinceMs !== undefined
  }

  /** What was being executed when the client left comes late, and goes nowhere. */
  next(result: string): void {
    if (this.#isOpen()) sendNext(this.#connection, this.#idJson, result)
  }

  complete(): void {
    if (!this.#isOpen()) return
    this.#connection.subscriptions.delete(this.#id)
    operationEnded(this.#connection)
    sendComplete(this.#connection, this.#idJson)
  }

  #isOpen(): boolean {
    return this.#connection.subscriptions.get(this.#id)?.outlet === this
  }
}

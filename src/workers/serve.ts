import type { MessagePort } from 'node:worker_threads'
import { BytesBroken, receiveBytes } from './byte-channel.ts'
import type { WorkerTask } from './task.ts'

/** A thread was handed what cannot be used. The message goes on where “… cannot be read: ” ends. */
export class TaskRefusal extends Error {
  override readonly name = 'TaskRefusal'
}

/** What the main thread sends to a thread. */
export interface TaskCall<Input> {
  readonly input: Input
  /** The thread's end of the channel for the file. */
  readonly port: MessagePort
}

/** What a thread answers. */
export type TaskAnswer<Output> =
  | { readonly output: Output }
  | { readonly refusal: string }
  /** The file did not come to its end. */
  | { readonly broken: true }

/**
 * Makes the default export of a task's file.
 *
 * @param work does the task; `bytes` is the file that came with it, empty where none did. It throws
 *   {@link TaskRefusal} for what cannot be used; anything else that it throws is a fault of the gateway.
 */
export function serveTask<Input, Output>(
  _task: WorkerTask<Input, Output>,
  work: (input: Input, bytes: AsyncIterable<Uint8Array>) => Output | Promise<Output>,
): (call: TaskCall<Input>) => Promise<TaskAnswer<Output>> {
  return async ({ input, port }) => {
    try {
      return { output: await work(input, receiveBytes(port)) }
    } catch (error) {
      if (error instanceof TaskRefusal) return { refusal: error.message }
      if (error instanceof BytesBroken) return { broken: true }
      throw error
    } finally {
      port.close()
    }
  }
}

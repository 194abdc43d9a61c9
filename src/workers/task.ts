/** A piece of work that is done in a thread. */
export interface WorkerTask<Input, Output> {
  /** The file whose default export {@link import('./serve.ts').serveTask} made. */
  readonly file: URL
  /** Only for types: what goes in and comes out. Plain data, which is copied; a `SharedArrayBuffer` is shared. */
  readonly types?: (input: Input) => Output
}

/**
 * Names a task, for those who run it and for the file that does it.
 *
 * @param file such as `new URL('./analysis-worker.ts', import.meta.url)`
 */
export function defineTask<Input, Output>(file: URL): WorkerTask<Input, Output> {
  return { file }
}

import { defineTask } from '../../../src/workers/task.ts'

/** What the test's thread is told to do with the file that it is handed. */
export type TestWork =
  | { readonly do: 'count' }
  | { readonly do: 'refuse' }
  | { readonly do: 'fail' }
  | { readonly do: 'stop reading' }
  | { readonly do: 'fill memory' }
  | { readonly do: 'spin' }
  | { readonly do: 'environment' }

/** Does in a thread what a test wants to see. */
export const testTask = defineTask<TestWork, { readonly count: number; readonly names: readonly string[] }>(
  new URL('./test-worker.ts', import.meta.url),
)

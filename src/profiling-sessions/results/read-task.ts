import { defineTask } from '../../workers/task.ts'
import type { ReadResults } from './read-results.ts'

/** Reads the results in the ZIP that comes with it, in a thread. */
export const readResultsTask = defineTask<null, ReadResults>(new URL('./read-worker.ts', import.meta.url))

import type { WorkerPool } from '../../workers/pool.ts'
import type { OpenResults } from '../download.ts'
import type { ReadFromVault } from './kept-results.ts'
import { readResultsTask } from './read-task.ts'

/** Makes what reads results from Vault, in threads. The ZIP is opened once a thread is ready for it. */
export function createResultsReader(workers: WorkerPool, open: OpenResults): ReadFromVault {
  return (access, name, signal) =>
    workers.run(readResultsTask, null, {
      what: `the results of the profiling session ${name}`,
      service: 'vault',
      callerKey: access.callerKey,
      signal,
      open: async (whileRead) => (await open(access, name, whileRead)).stream,
    })
}

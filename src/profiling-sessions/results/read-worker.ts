import { serveTask, TaskRefusal } from '../../workers/serve.ts'
import { readResults } from './read-results.ts'
import { readResultsTask } from './read-task.ts'
import { UnreadableResults } from './unreadable.ts'

/** The thread's side of {@link readResultsTask}. */
export default serveTask(readResultsTask, async (_input, zip) => {
  try {
    return await readResults(zip)
  } catch (error) {
    if (!(error instanceof UnreadableResults)) throw error
    throw new TaskRefusal(`${error.message}. They can still be downloaded from \`resultsUrl\``)
  }
})

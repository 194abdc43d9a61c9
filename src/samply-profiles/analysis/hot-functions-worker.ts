import { serveTask } from '../../workers/serve.ts'
import { hotFunctions } from './hot-functions.ts'
import { selectSamples } from './selected-samples.ts'
import { hotFunctionsTask } from './tasks.ts'

export default serveTask(hotFunctionsTask, ({ analysis, thread, view }) =>
  hotFunctions(analysis, selectSamples(analysis, thread), view),
)

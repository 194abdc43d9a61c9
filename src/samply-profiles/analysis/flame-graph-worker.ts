import { serveTask } from '../../workers/serve.ts'
import { flameGraph } from './flame-graph.ts'
import { selectSamples } from './selected-samples.ts'
import { flameGraphTask } from './tasks.ts'

export default serveTask(flameGraphTask, ({ analysis, thread, view }) =>
  flameGraph(analysis, selectSamples(analysis, thread), view),
)

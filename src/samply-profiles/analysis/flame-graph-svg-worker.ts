import { serveTask } from '../../workers/serve.ts'
import { flameGraph } from './flame-graph.ts'
import { flameGraphSvg } from './flame-graph-svg.ts'
import { selectSamples } from './selected-samples.ts'
import { flameGraphSvgTask } from './tasks.ts'

export default serveTask(flameGraphSvgTask, ({ analysis, thread, view }) => {
  const samples = selectSamples(analysis, thread)
  const { title, isInverted } = view
  const { sampleCount } = samples
  return flameGraphSvg({ nodes: flameGraph(analysis, samples, view), title, isInverted, sampleCount })
})

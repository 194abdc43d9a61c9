import { serveTask, TaskRefusal } from '../../../src/workers/serve.ts'
import { testTask } from './tasks.ts'

export default serveTask(testTask, async (work, bytes) => {
  switch (work.do) {
    case 'count': {
      let count = 0
      for await (const chunk of bytes) count += chunk.length
      return { count, names: [] }
    }
    case 'refuse':
      throw new TaskRefusal('`tables` is no list')
    case 'fail':
      throw new Error('a fault')
    case 'stop reading':
      for await (const chunk of bytes) return { count: chunk.length, names: [] }
      return { count: 0, names: [] }
    case 'fill memory': {
      const kept: object[] = []
      for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })))
    }
    case 'spin':
      for (;;) {}
    case 'environment':
      return { count: process.execArgv.length, names: Object.keys(process.env) }
  }
})

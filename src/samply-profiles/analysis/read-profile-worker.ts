import { serveTask } from '../../workers/serve.ts'
import { analyse } from './analyse.ts'
import { inflate } from './inflate.ts'
import { createProfileReader } from './profile-reader.ts'
import { readProfileTask } from './tasks.ts'

export default serveTask(readProfileTask, async (_input, bytes) => {
  const reader = createProfileReader()
  const identity = await inflate(bytes, reader.feed)
  return { analysis: analyse(reader.end()), identity }
})

/**
 * Loaded into a measured server with `--import`: does what the benchmark asks, and answers. `collect` collects garbage;
 * `longest block` tells for how many milliseconds at most the event loop has stood still since it was last asked; `census`
 * tells what the process holds; `warnings` tells the warnings of Node that came up to now.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'

let delays: ReturnType<typeof monitorEventLoopDelay> | undefined

const warnings: string[] = []
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`))

function longestBlockMs(): number {
  const blockMs = (delays?.max ?? 0) / 1e6
  delays ??= monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  delays.reset()
  return blockMs
}

async function answerTo(request: unknown): Promise<unknown> {
  switch (request) {
    case 'collect':
      globalThis.gc?.()
      return 0
    case 'census': {
      // Loaded late: no other benchmark is to have what it needs.
      const { takeCensus } = await import('./census.ts')
      return takeCensus()
    }
    case 'warnings':
      return warnings
    default:
      return longestBlockMs()
  }
}

process.on('message', (request) => {
  void answerTo(request).then((answer) => process.send?.(answer))
})
// A benchmark that failed leaves no server behind.
process.on('disconnect', () => process.exit())
// Listening must not keep a server alive that wants to end.
process.channel?.unref()

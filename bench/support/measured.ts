/**
 * Loaded into a measured server with `--import`: does what the benchmark asks, and answers. `collect` collects garbage;
 * `longest block` tells for how many milliseconds at most the event loop has stood still since it was last asked.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'

let delays: ReturnType<typeof monitorEventLoopDelay> | undefined

process.on('message', (request) => {
  if (request === 'collect') {
    globalThis.gc?.()
    process.send?.(0)
  } else {
    process.send?.((delays?.max ?? 0) / 1e6)
    delays ??= monitorEventLoopDelay({ resolution: 1 })
    delays.enable()
    delays.reset()
  }
})
// A benchmark that failed leaves no server behind.
process.on('disconnect', () => process.exit())
// Listening must not keep a server alive that wants to end.
process.channel?.unref()

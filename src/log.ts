import { destination, type Logger, pino } from 'pino'
import { activeTraceIds } from './core/tracing.ts'

/** Where credentials could stand in what is logged. Requests are not logged whole; this is the second fence. */
const redactedPaths = [
  'authorization',
  'cookie',
  'token',
  '*.authorization',
  '*.cookie',
  '*.token',
  '*.headers',
  'headers',
  'req',
  'res',
]

/**
 * Makes the log: JSON lines on standard error, so that standard output is left to the banner. What is logged inside a span
 * has the ids by which its trace is found.
 */
export function createLog(level: string): Logger {
  return pino(
    { level, redact: { paths: redactedPaths, censor: '[redacted]' }, mixin: () => ({ ...activeTraceIds() }) },
    destination({ dest: 2, sync: false }),
  )
}

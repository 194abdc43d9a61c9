import { destination, type Logger, pino } from 'pino'

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

/** Makes the log: JSON lines on standard error, so that standard output is left to the banner. */
export function createLog(level: string): Logger {
  return pino(
    { level, redact: { paths: redactedPaths, censor: '[redacted]' } },
    destination({ dest: 2, sync: false }),
  )
}

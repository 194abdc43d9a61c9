import { startApp } from './app.ts'
import { bannerOf } from './banner.ts'
import { readSettings, SettingsError } from './config.ts'
import { createLog } from './log.ts'

/** After this time a stop is not waited for any longer, in milliseconds. */
const stopTimeoutMs = 9000

async function main(): Promise<void> {
  const settings = readSettings(process.env)
  const log = createLog(settings.logLevel)
  const app = await startApp(settings, log)
  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), stopTimeoutMs).unref()
    app.stop().then(
      () => process.exit(0),
      (err: unknown) => {
        log.fatal({ err }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.stdout.write(bannerOf(app, settings))
}

main().catch((error: unknown) => {
  const lines = error instanceof SettingsError ? error.faults : [startFailure(error)]
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exit(1)
})

function startFailure(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return 'PORT: the port is in use; stop what listens there, or set another port (0 takes a free one)'
  }
  return `The gateway could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

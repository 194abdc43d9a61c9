import { startApp } from './app/app.ts'
import { version } from './app/base.ts'
import { bannerOf } from './banner.ts'
import { readSettings, SettingsError } from './config.ts'
import { createLog } from './log.ts'
import { noTracing, startTracing } from './tracing.ts'

/** After this time a stop is not waited for any longer, in milliseconds. */
const stopTimeoutMs = 9000

async function main(): Promise<void> {
  const settings = readSettings(process.env)
  const log = createLog(settings.logLevel)
  const tracing =
    settings.tracing === undefined ? noTracing : await startTracing(settings.tracing, version, log)
  const app = await startApp(settings, log)
  const stop = (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), stopTimeoutMs).unref()
    const stopped = app.stop().then(tracing.stop)
    stopped.then(
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

/** What the operating system objects to, by what the operator can do about it. */
const listenFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: 'PORT: the port is in use; stop what listens there, or set another port (0 takes a free one)',
  EACCES: 'PORT: this user may not listen on the port; set one from 1024 on',
  EADDRNOTAVAIL: 'HOST: no interface of this machine has the address; 0.0.0.0 listens on all of them',
  ENOTFOUND: 'HOST: the name has no address',
}

function startFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const fault = Object.hasOwn(listenFaults, code) ? listenFaults[code] : undefined
  if (fault !== undefined) return fault
  return `The gateway could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

import { parseArgs } from 'node:util'
import { startSandbox } from './sandbox.ts'

/** What the sandbox as a process of its own takes, each with its default. */
const options = {
  host: { type: 'string', default: '127.0.0.1' },
  'vault-port': { type: 'string', default: '8081' },
  'feldera-port': { type: 'string', default: '8082' },
  'job-status-window-ms': { type: 'string', default: '10000' },
} as const

async function main(): Promise<void> {
  const { values } = parseArgs({ options })
  const sandbox = await startSandbox({
    host: values.host,
    vaultPort: wholeNumber('vault-port', values['vault-port'], maxPort),
    felderaPort: wholeNumber('feldera-port', values['feldera-port'], maxPort),
    jobStatusWindowMs: wholeNumber('job-status-window-ms', values['job-status-window-ms'], maxWindowMs),
  })
  const stop = () => {
    sandbox.stop().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.stdout.write(
    `The sandbox is ready\n  Vault    ${sandbox.vault.url}\n  Feldera  ${sandbox.feldera.url}\n`,
  )
}

const maxPort = 65_535

/** A day, as the gateway's settings have it. */
const maxWindowMs = 86_400_000

function wholeNumber(name: string, text: string, max: number): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= max) return Number(text)
  throw new Error(`--${name}: got ${JSON.stringify(text)}, wants a whole number from 0 to ${max}`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A sandbox in a process of its own. */
export interface SandboxProcess extends AsyncDisposable {
  readonly vaultUrl: string
  readonly felderaUrl: string
  /** Ends it with SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
}

/** Runs `src/sandbox/main.ts` with these arguments. */
export const launchSandbox = (parameters: readonly string[]) =>
  spawn(process.execPath, ['src/sandbox/main.ts', ...parameters], {
    cwd: new URL('../../', import.meta.url),
    stdio: ['ignore', 'pipe', 'pipe'],
  })

/** Starts a sandbox, and waits until it says where it listens. */
export async function startSandboxProcess(parameters: readonly string[]): Promise<SandboxProcess> {
  const child = launchSandbox(parameters)
  const { vaultUrl, felderaUrl } = await announced(child)
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    return child.exitCode
  }
  return { vaultUrl, felderaUrl, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}

async function announced({ stdout }: ChildProcess) {
  if (stdout === null) throw new Error('no standard output')
  const urls: string[] = []
  for await (const line of createInterface({ input: stdout })) {
    urls.push(...(/http:\/\/\S+/.exec(line) ?? []))
    const [vaultUrl, felderaUrl] = urls
    if (vaultUrl !== undefined && felderaUrl !== undefined) return { vaultUrl, felderaUrl }
  }
  throw new Error('the sandbox did not say where it listens')
}

import { type Clock, systemClock } from '../core/time.ts'
import { type SandboxFeldera, startFeldera } from './feldera/feldera.ts'
import { createShowcase } from './showcase/showcase.ts'
import { type SandboxVault, startVault } from './vault/vault.ts'

export type { CallLog, RecordedCall } from './call-log.ts'
export type { Fault, FaultHandle, FaultList, FaultRule } from './faults.ts'
export type { SandboxFeldera } from './feldera/feldera.ts'
export type { CollectionStart, PipelineState, SandboxPipeline } from './feldera/pipeline.ts'
export type { FelderaRouteName } from './feldera/routes.ts'
export { showcase } from './showcase/names.ts'
export type { SandboxJobDefinition, SandboxJobLink, SandboxJobStep, SandboxTask } from './vault/job.ts'
export type { SandboxProfilingSession } from './vault/profiling-sessions.ts'
export type { VaultRouteName } from './vault/routes.ts'
export type { SandboxUploadSession } from './vault/upload-sessions.ts'
export type { SandboxUser } from './vault/users.ts'
export type { SandboxJob, SandboxVault } from './vault/vault.ts'

/** How to start a sandbox. */
export interface SandboxOptions {
  /**
   * What is in it at first: `showcase` is what a newcomer explores, `empty` has the demo user and nothing
   * else. Default: `showcase`.
   */
  scene?: 'showcase' | 'empty'
  /** Default: the machine's clock. */
  clock?: Clock
  /** How long one answer about a job's status bars the next. Default: 10 000, as Vault has it. */
  jobStatusWindowMs?: number
  /** The address to listen on. Default: 127.0.0.1. */
  host?: string
  /**
   * How long a connection without a call stays open, in milliseconds. Default: 600,000, so that no idle connection is closed
   * under its client, which would look like a fault.
   */
  keepAliveTimeoutMs?: number
  /** The port of Vault. Default: 0, a free one. */
  vaultPort?: number
  /** The port of Feldera. Default: 0, a free one. */
  felderaPort?: number
}

/** A fake Vault and a fake Feldera that listen. */
export interface Sandbox {
  readonly vault: SandboxVault
  readonly feldera: SandboxFeldera
  /** Closes both servers and every socket. */
  stop(): Promise<void>
}

/**
 * Starts a Vault and a Feldera of our own over real HTTP.
 *
 * @throws when `host` or a port cannot be listened on.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { clock = systemClock, host = '127.0.0.1', jobStatusWindowMs = 10_000, scene = 'showcase' } = options
  const { vaultPort = 0, felderaPort = 0, keepAliveTimeoutMs = 600_000 } = options
  const stage = scene === 'showcase' ? createShowcase(clock.now()) : undefined
  const [{ vault, state, stop: stopVault }, { feldera, stop: stopFeldera }] = await Promise.all([
    startVault({
      clock,
      host,
      port: vaultPort,
      jobStatusWindowMs,
      keepAliveTimeoutMs,
      beforeAnswer: (vaultState) => stage?.advance(vaultState),
    }),
    startFeldera({ clock, host, port: felderaPort, keepAliveTimeoutMs }),
  ])
  stage?.begin(state, feldera)
  return {
    vault,
    feldera,
    async stop() {
      await Promise.all([stopVault(), stopFeldera()])
    },
  }
}

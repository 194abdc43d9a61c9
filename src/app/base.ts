import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Settings } from '../config.ts'
import type { FailureReport } from '../core/failure-report.ts'
import type { Clock } from '../core/time.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { HostCheck } from '../server/host-check.ts'
import type { UpstreamChoice } from '../upstream-choice.ts'

/** The version of the gateway, as its package names it. */
export const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))

/** What all parts are made from. */
export interface AppBase {
  readonly settings: Settings
  readonly log: Logger
  readonly upstreams: UpstreamChoice
  /** The first one seals, each of them opens. */
  readonly secrets: readonly [string, ...string[]]
  readonly metrics: Metrics
  readonly reportFailure: FailureReport
  readonly clock: Clock
  /** See {@link originsOf}. */
  readonly allowedOrigins: readonly string[]
  /** One for all transports. */
  readonly checkHost: HostCheck
}

/** The origins whose pages may use the gateway. Its own is one of them also where a proxy calls it by another name. */
export const originsOf = ({ publicUrl, allowedOrigins }: Settings): readonly string[] =>
  publicUrl === undefined ? allowedOrigins : [new URL(publicUrl).origin, ...allowedOrigins]

import { type ErrorCode, GatewayError, type UpstreamDetail } from './errors.ts'

/** What an operator is told of a failing upstream. */
export interface FailureFields {
  readonly code: ErrorCode
  readonly upstream: UpstreamDetail | undefined
  /** What went wrong underneath, in the words of whoever noticed. */
  readonly reason: string
}

/** Where failures of upstreams are told. */
export interface FailureLog {
  warn(fields: FailureFields, message: string): void
}

/** Tells the operator of an error, if it is one that an upstream is to blame for. */
export type FailureReport = (error: unknown) => void

/** How deep causes are followed; each is wrapped once or twice. */
const maxCauses = 4

/**
 * Makes the report. Only texts are logged: the objects of an HTTP client carry the headers of its requests, and with
 * them credentials.
 */
export function createFailureReport(log: FailureLog): FailureReport {
  return (error) => {
    if (!(error instanceof GatewayError) || !isUpstreamFailure(error)) return
    const { code, upstream } = error.extensions
    log.warn({ code, upstream, reason: reasonOf(error) }, 'an upstream failed')
  }
}

const isUpstreamFailure = ({ code }: GatewayError) =>
  code.startsWith('UPSTREAM_') && code !== 'UPSTREAM_NOT_CONFIGURED'

function reasonOf(error: Error): string {
  const texts: string[] = []
  let cause: unknown = error
  while (cause instanceof Error && texts.length < maxCauses) {
    texts.push(`${cause.name}: ${cause.message}`)
    cause = cause.cause
  }
  return texts.join(' < ')
}

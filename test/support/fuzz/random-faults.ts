import type { Fault, Sandbox } from '../../../src/sandbox/sandbox.ts'
import type { Chance } from './chance.ts'

const statuses = [200, 204, 301, 400, 401, 403, 404, 409, 418, 429, 500, 502, 503, 504]

const errorTypes = [
  'INVALID_SESSION_ID',
  'INSUFFICIENT_ACCESS',
  'INVALID_DATA',
  'API_LIMIT_EXCEEDED',
  'OPERATION_NOT_ALLOWED',
  'MALFORMED_URL',
  'SOMETHING_NEW',
  '__proto__',
]

const bodies = [
  null,
  [],
  {},
  0,
  'text',
  { responseStatus: 'SUCCESS' },
  { responseStatus: 'SUCCESS', data: null },
  { responseStatus: 'SUCCESS', data: [] },
  { responseStatus: 'SUCCESS', data: {} },
  { responseStatus: 'SUCCESS', jobs: 'none' },
  { responseStatus: 'FAILURE' },
  { responseStatus: 'FAILURE', errors: [] },
  { responseStatus: null },
]

const commonFaults: readonly ((chance: Chance) => Fault)[] = [
  (chance) => ({ kind: 'status', status: chance.pick(statuses), body: '<html>not here</html>' }),
  (chance) => ({ kind: 'json', body: chance.pick(bodies) }),
  () => ({ kind: 'headers', headers: { 'X-VaultAPI-ResponseDelay': '3', 'Retry-After': '0' } }),
  (chance) => ({ kind: 'delay', delayMs: chance.between(1, 300) }),
  () => ({ kind: 'reset' }),
  (chance) => ({ kind: 'truncate', afterBytes: chance.between(0, 400) }),
]

const vaultFaults: readonly ((chance: Chance) => Fault)[] = [
  ...commonFaults,
  (chance) => ({ kind: 'failure', type: chance.pick(errorTypes) }),
  (chance) => ({ kind: 'warning', type: chance.pick(errorTypes) }),
  () => ({ kind: 'exception' }),
]

/** Switches some faults on, each for some calls; what they hold is released with `clear`. */
export function addRandomFaults({ vault, feldera }: Sandbox, chance: Chance): void {
  const times = () => chance.between(1, 6)
  const rare = (): Fault => chance.pick([{ kind: 'hold' }, { kind: 'stall', afterBytes: 10 }])
  for (let count = chance.pick([0, 0, 1, 2, 4]); count > 0; count -= 1) {
    const answer = chance.of(0.05) ? rare() : chance.pick(vaultFaults)(chance)
    const route = chance.of(0.5) ? undefined : chance.pick(vaultRoutes)
    vault.faults.add({ answer, times: times(), ...(route === undefined ? {} : { route }) })
  }
  if (chance.of(0.3)) feldera.faults.add({ answer: chance.pick(commonFaults)(chance), times: times() })
}

const vaultRoutes = [
  'job-status',
  'job-tasks',
  'job-histories',
  'job-monitors',
  'profiling-session',
  'profiling-sessions',
  'profiling-session-results',
  'upload-session',
  'upload-sessions',
  'upload-parts',
  'current-user',
] as const

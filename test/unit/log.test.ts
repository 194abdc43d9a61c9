import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'

const root = new URL('../../', import.meta.url)

/** What a process prints on standard error that logs these fields. */
function logged(fields: unknown): string {
  const code = `const { createLog } = await import('./src/log.ts'); createLog('info').info(${JSON.stringify(fields)}, 'told')`
  const { stderr, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: root,
    encoding: 'utf8',
  })
  assert.equal(stdout, '')
  return stderr
}

describe('the log', () => {
  it('shows no value of a field in which credentials come, at the top or in what is logged', () => {
    const line = logged({
      authorization: 'hunter2',
      cookie: 'hunter2',
      token: 'hunter2',
      headers: { authorization: 'hunter2' },
      req: { url: '/x?token=hunter2' },
      res: { cookie: 'hunter2' },
      upstream: { authorization: 'hunter2', cookie: 'hunter2', token: 'hunter2', headers: { a: 'hunter2' } },
      route: '/x',
    })
    assert.doesNotMatch(line, /hunter2/)
    const { msg, route, authorization } = JSON.parse(line)
    assert.deepEqual({ msg, route, authorization }, { msg: 'told', route: '/x', authorization: '[redacted]' })
  })

  it('has no ids of a trace where nothing is traced', () => {
    assert.doesNotMatch(logged({ route: '/x' }), /trace_id|span_id/)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { notFound } from '../../src/core/errors.ts'
import { OperationCancelled } from '../../src/core/operation.ts'
import { observedCall } from '../../src/upstream/observed-call.ts'
import { pathOf } from '../../src/upstream/path.ts'

const kind = { service: 'vault', method: 'GET', route: '/x' } as const

async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  const told: unknown[] = []
  const events = {
    onCall(of: unknown, outcome: unknown, durationMs: number) {
      assert.equal(of, kind)
      assert.ok(durationMs >= 0)
      told.push(outcome)
    },
    onBurstLimit() {},
  }
  await observedCall(events, kind, call).catch(() => {})
  assert.equal(told.length, 1)
  return told[0]
}

describe('the outcome of an upstream call', () => {
  it('is the code of the error that it throws, or OK', async () => {
    assert.equal(await outcomeOf(async () => 1), 'OK')
    assert.equal(await outcomeOf(() => Promise.reject(notFound('gone'))), 'NOT_FOUND')
  })

  it('is CANCELLED where nobody waited any more, whatever the signal gave as its reason', async () => {
    const { reason } = AbortSignal.abort()
    assert.equal(await outcomeOf(() => Promise.reject(new OperationCancelled('gone'))), 'CANCELLED')
    assert.equal(await outcomeOf(() => Promise.reject(reason)), 'CANCELLED')
  })

  it('is a fault of the gateway where anything else is thrown', async () => {
    assert.equal(await outcomeOf(() => Promise.reject(new TypeError('oops'))), 'INTERNAL_SERVER_ERROR')
  })

  it('tells who called what it would have been told without', async () => {
    const events = { onCall() {}, onBurstLimit() {} }
    assert.equal(await observedCall(events, kind, async () => 5), 5)
    await assert.rejects(
      observedCall(events, kind, () => Promise.reject(notFound('gone'))),
      /gone/,
    )
  })
})

describe('the route of a path', () => {
  it('has {key} in the place of each value, and is the same text for each call of one place', () => {
    const tasks = (id: string) => pathOf`/jobs/${id}/tasks/${id}`
    assert.equal(tasks('1').route, '/jobs/{key}/tasks/{key}')
    assert.equal(tasks('2').route, tasks('1').route)
    assert.equal(tasks('2').text, '/jobs/2/tasks/2')
    assert.equal(pathOf`/jobs`.route, '/jobs')
  })
})

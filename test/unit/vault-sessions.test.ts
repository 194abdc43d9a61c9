import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { unauthenticated, upstreamUnavailable } from '../../src/core/errors.ts'
import { type Access, accessWith } from '../../src/core/identity.ts'
import type { UpstreamPath } from '../../src/upstream/path.ts'
import { type ConfirmSession, createSessionConfirmation } from '../../src/upstream/vault-sessions.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { settled } from '../support/settled.ts'

const [anna, ben] = [accessWith('anna'), accessWith('ben')]
const upstream = { service: 'vault' } as const

describe("Vault's word that a session is good", () => {
  let clock: FakeClock
  let confirm: ConfirmSession
  /** Calls that Vault has not answered yet. */
  let asked: {
    readonly access: Access
    readonly signal: AbortSignal | undefined
    readonly path: string
    answer(error?: Error): Promise<void>
  }[]

  beforeEach(() => {
    clock = createFakeClock()
    asked = []
    const get = (
      access: Access,
      { text: path }: UpstreamPath,
      { signal }: { readonly signal?: AbortSignal },
    ) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const answer = (error?: Error) => {
        if (error === undefined) resolve()
        else reject(error)
        return settled()
      }
      asked.push({ access, path, signal, answer })
      return promise.then(() => ({ body: {}, upstream, vaultId: undefined }))
    }
    confirm = createSessionConfirmation({ get }, clock)
  })

  it('holds for a minute from when it was asked for', async () => {
    const first = confirm(anna)
    clock.advance(5_000)
    await asked[0]?.answer()
    assert.equal(await first, clock.now() + 55_000)
    clock.advance(54_999)
    assert.equal(await confirm(anna), clock.now() + 1)
    assert.equal(asked.length, 1)
    clock.advance(1)
    void confirm(anna)
    assert.deepEqual(
      asked.map(({ path, access }) => [path, access]),
      [
        ['/objects/users/me', anna],
        ['/objects/users/me', anna],
      ],
    )
  })

  it('is asked for once by all who wait for it, and for each credential by itself', async () => {
    const waiting = [confirm(anna), confirm(ben), confirm(anna)]
    assert.deepEqual(
      asked.map(({ access }) => access),
      [anna, ben],
    )
    for (const { answer } of asked) await answer()
    assert.equal(new Set(await Promise.all(waiting)).size, 1)
  })

  for (const error of [
    unauthenticated('Ended.', { upstream }),
    upstreamUnavailable('Try again later.', { upstream }),
  ]) {
    it(`is not remembered where it is none (${error.code})`, async () => {
      const refused = confirm(anna)
      await Promise.all([assert.rejects(refused, error), asked[0]?.answer(error)])
      void confirm(anna)
      assert.equal(asked.length, 2)
    })
  }

  it('is waited for by nobody who has gone, and goes on for those who have not', async () => {
    const [left, stays] = [new AbortController(), new AbortController()]
    const waiting = [confirm(anna, left.signal), confirm(anna, stays.signal), confirm(anna)]
    left.abort(new Error('gone'))
    await assert.rejects(waiting[0] ?? Promise.resolve(), /gone/)
    assert.equal(asked[0]?.signal?.aborted, false)
    await asked[0]?.answer()
    await Promise.all(waiting.slice(1))
    assert.equal(asked.length, 1)
  })

  it('costs nothing more when all who waited have gone', async () => {
    const gone = new AbortController()
    const waiting = confirm(anna, gone.signal)
    gone.abort(new Error('gone'))
    await assert.rejects(waiting, /gone/)
    assert.equal(asked[0]?.signal?.aborted, true)
  })

  it('is remembered for 20,000 sessions, and asked for again of those before', async () => {
    for (let index = 0; index <= 20_000; index += 1) {
      const confirmed = confirm(accessWith(`session-${index}`))
      await Promise.all([confirmed, asked.pop()?.answer()])
    }
    await confirm(accessWith('session-20000'))
    assert.equal(asked.length, 0)
    void confirm(accessWith('session-0'))
    assert.equal(asked.length, 1)
  })
})

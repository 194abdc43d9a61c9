import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { type ErrorCode, GatewayError, hasCode } from '../../src/core/errors.ts'
import { accessWith } from '../../src/core/identity.ts'
import { pathOf } from '../../src/upstream/path.ts'
import { createVaultClient, isUnknownKey, orNullIfUnknown } from '../../src/upstream/vault.ts'
import { type Answer, sendJson, startNodeServer } from '../support/node-server.ts'

const access = accessWith('session')
const signal = new AbortController().signal

async function vaultOf(answer: Answer) {
  const server = await startNodeServer(answer)
  const vault = createVaultClient({ url: server.url, apiVersion: 'v26.1', timeoutMs: 5000 })
  return {
    server,
    vault,
    async [Symbol.asyncDispose]() {
      await vault.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** What a call fails with that Vault answers like this. */
async function failureOf(
  body: unknown,
  options: { status?: number; headers?: Record<string, string> } = {},
): Promise<GatewayError> {
  await using at = await vaultOf((_request, response) => sendJson(response, body, options))
  try {
    await at.vault.get(access, pathOf`/x`, { signal })
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error))
    return error
  }
  throw new assert.AssertionError({ message: 'the call did not fail' })
}

const refusal = (...types: (string | null)[]) => ({
  responseStatus: 'FAILURE',
  errors: types.map((type) => ({ type, message: 'Vault says so.' })),
})

const codes: readonly (readonly [string, ErrorCode])[] = [
  ['INVALID_SESSION_ID', 'UNAUTHENTICATED'],
  ['INACTIVE_USER', 'UNAUTHENTICATED'],
  ['USER_LOCKED_OUT', 'UNAUTHENTICATED'],
  ['PASSWORD_CHANGE_REQUIRED', 'UNAUTHENTICATED'],
  ['INSUFFICIENT_ACCESS', 'FORBIDDEN'],
  ['INVALID_DATA', 'BAD_USER_INPUT'],
  ['PARAMETER_REQUIRED', 'BAD_USER_INPUT'],
  ['INVALID_FILTER', 'BAD_USER_INPUT'],
  ['OPERATION_NOT_ALLOWED', 'CONFLICT'],
  ['OPERATION_IN_PROGRESS', 'CONFLICT'],
  ['ITEM_NAME_EXISTS', 'CONFLICT'],
  ['API_LIMIT_EXCEEDED', 'UPSTREAM_RATE_LIMITED'],
  ['UNEXPECTED_ERROR', 'UPSTREAM_ERROR'],
  ['METHOD_NOT_SUPPORTED', 'UPSTREAM_ERROR'],
  ['MALFORMED_URL', 'UPSTREAM_ERROR'],
  ['A_TYPE_OF_TOMORROW', 'UPSTREAM_ERROR'],
  ['constructor', 'UPSTREAM_ERROR'],
  ['toString', 'UPSTREAM_ERROR'],
]

describe("Vault's envelope", { concurrency: true }, () => {
  it('is opened for a success, and for one with warnings', async () => {
    for (const responseStatus of ['SUCCESS', 'WARNING']) {
      await using at = await vaultOf((_request, response) =>
        sendJson(response, { responseStatus, jobs: [1] }),
      )
      const { body } = await at.vault.get(access, pathOf`/services/jobs/monitors`, { signal })
      assert.deepEqual(body['jobs'], [1])
      assert.deepEqual(at.server.requests, ['GET /api/v26.1/services/jobs/monitors'])
    }
  })

  it('with a type that is not known is read by an HTTP status that passes', async () => {
    const byStatus = [
      [401, 'UPSTREAM_ERROR'],
      [403, 'UPSTREAM_ERROR'],
      [404, 'UPSTREAM_ERROR'],
      [429, 'UPSTREAM_RATE_LIMITED'],
      [500, 'UPSTREAM_UNAVAILABLE'],
    ] as const
    for (const [status, code] of byStatus) {
      const error = await failureOf(refusal('A_TYPE_OF_TOMORROW'), { status })
      assert.equal(error.code, code)
      assert.equal(error.extensions.upstream?.type, 'A_TYPE_OF_TOMORROW')
      assert.equal(error.message.endsWith('Try again later.'), status === 500)
    }
  })

  it('hands on when to come back, whichever way it tells that it failed', async () => {
    const headers = { 'retry-after': '7' }
    const answers = [
      { body: refusal('API_LIMIT_EXCEEDED'), status: 200 },
      { body: refusal('A_TYPE_OF_TOMORROW'), status: 429 },
      { body: { responseStatus: 'EXCEPTION' }, status: 200 },
    ]
    for (const { body, status } of answers) {
      assert.equal((await failureOf(body, { status, headers })).extensions.retryAfter, 7)
    }
  })

  it('counts inside any HTTP status', async () => {
    for (const status of [200, 400, 401, 403, 404, 429, 500]) {
      const error = await failureOf(refusal('OPERATION_NOT_ALLOWED'), { status })
      assert.equal(error.code, 'CONFLICT')
      assert.equal(error.extensions.upstream?.status, status)
    }
  })

  for (const [type, code] of codes) {
    it(`FAILURE with ${type} is ${code}`, async () => {
      const error = await failureOf(refusal(type), { headers: { 'x-vaultapi-executionid': 'e-1' } })
      assert.equal(error.code, code)
      assert.deepEqual(error.extensions.upstream, { service: 'vault', status: 200, type, executionId: 'e-1' })
      assert.match(error.message, /Vault refused: “Vault says so\.”/)
    })
  }

  it('FAILURE with several errors is what the first known one says', async () => {
    const error = await failureOf(refusal(null, 'SOMETHING_NEW', 'INSUFFICIENT_ACCESS'))
    assert.equal(error.code, 'FORBIDDEN')
    assert.equal(error.extensions.upstream?.type, 'INSUFFICIENT_ACCESS')
  })

  it('FAILURE without any reason is UPSTREAM_ERROR', async () => {
    for (const errors of [undefined, null, [], [{}], [{ type: null, message: null }]]) {
      assert.equal((await failureOf({ responseStatus: 'FAILURE', errors })).code, 'UPSTREAM_ERROR')
    }
  })

  it('EXCEPTION is UPSTREAM_UNAVAILABLE and is not retried in HTTP 200', async () => {
    const body = { ...refusal('UNEXPECTED_ERROR'), responseStatus: 'EXCEPTION' }
    await using at = await vaultOf((_request, response) => sendJson(response, body))
    await assert.rejects(at.vault.get(access, pathOf`/x`, { signal }), (error) =>
      hasCode(error, 'UPSTREAM_UNAVAILABLE'),
    )
    assert.equal(at.server.requests.length, 1)
  })

  it('EXCEPTION in HTTP 503 is retried', async () => {
    await using at = await vaultOf((_request, response, attempt) =>
      attempt === 1
        ? sendJson(response, { responseStatus: 'EXCEPTION' }, { status: 503 })
        : sendJson(response, { responseStatus: 'SUCCESS' }),
    )
    await at.vault.get(access, pathOf`/x`, { signal })
    assert.equal(at.server.requests.length, 2)
  })

  it('a long message is cut', async () => {
    const error = await failureOf({ responseStatus: 'FAILURE', errors: [{ message: 'x'.repeat(100_000) }] })
    assert.ok(error.message.length < 1000)
  })
})

describe('an answer without an envelope', { concurrency: true }, () => {
  const byStatus: readonly (readonly [number, ErrorCode])[] = [
    [200, 'UPSTREAM_INVALID_RESPONSE'],
    [302, 'UPSTREAM_ERROR'],
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'UPSTREAM_ERROR'],
    [429, 'UPSTREAM_RATE_LIMITED'],
    [500, 'UPSTREAM_UNAVAILABLE'],
  ]
  for (const [status, code] of byStatus) {
    it(`HTTP ${status} is ${code}`, async () => {
      await using at = await vaultOf((_request, response) =>
        response.writeHead(status).end('<html>inner-secret</html>'),
      )
      await assert.rejects(
        at.vault.get(access, pathOf`/x`, { signal }),
        (error) => hasCode(error, code) && !error.message.includes('inner-secret'),
      )
    })
  }

  it('says after how long to try again, where the header does', async () => {
    const error = await failureOf('busy', { status: 429, headers: { 'retry-after': '7' } })
    assert.equal(error.extensions.retryAfter, 7)
  })
})

describe('a write', { concurrency: true }, () => {
  const mayBeDone = (code: ErrorCode) => (error: unknown) =>
    hasCode(error, code) && error.message.endsWith('It may have been carried out: look before you try again.')

  it('goes to the API once, with its form, and opens the envelope', async () => {
    const bodies: string[] = []
    await using at = await vaultOf(async (request, response) => {
      bodies.push(await text(request))
      sendJson(response, { responseStatus: 'SUCCESS', data: { id: '1' } })
    })
    const { body } = await at.vault.post(access, pathOf`/code/profiler`, { label: 'Dry run' })
    await at.vault.post(access, pathOf`/code/profiler/a__c/actions/end`)
    await at.vault.delete(access, pathOf`/code/profiler/a__c`)
    assert.deepEqual(body['data'], { id: '1' })
    assert.deepEqual(bodies, ['label=Dry+run', '', ''])
    assert.deepEqual(at.server.requests, [
      'POST /api/v26.1/code/profiler',
      'POST /api/v26.1/code/profiler/a__c/actions/end',
      'DELETE /api/v26.1/code/profiler/a__c',
    ])
  })

  it('whose answer is of no use says to look before trying again', async () => {
    const answers: readonly (readonly [Answer, ErrorCode])[] = [
      [(_request, response) => sendJson(response, 'busy', { status: 503 }), 'UPSTREAM_UNAVAILABLE'],
      [(_request, response) => response.end('<html>'), 'UPSTREAM_INVALID_RESPONSE'],
      [(_request, response) => sendJson(response, { responseStatus: 'EXCEPTION' }), 'UPSTREAM_UNAVAILABLE'],
    ]
    for (const [answer, code] of answers) {
      await using at = await vaultOf(answer)
      await assert.rejects(at.vault.post(access, pathOf`/x`, {}), mayBeDone(code))
      await assert.rejects(at.vault.delete(access, pathOf`/x`), mayBeDone(code))
      assert.equal(at.server.requests.length, 2)
    }
  })

  it('that Vault refuses was not carried out, and the message does not say so', async () => {
    await using at = await vaultOf((_request, response) => sendJson(response, refusal('INVALID_SESSION_ID')))
    await assert.rejects(
      at.vault.delete(access, pathOf`/x`),
      (error) => hasCode(error, 'UNAUTHENTICATED') && !error.message.includes('carried out'),
    )
  })
})

describe('a key that Vault does not know', { concurrency: true }, () => {
  it('is null on a look-up, whichever of its two types Vault uses', async () => {
    for (const type of ['INVALID_DATA', 'MALFORMED_URL']) {
      const error = await failureOf(refusal(type))
      assert.ok(isUnknownKey(error))
      assert.equal(await orNullIfUnknown(Promise.reject(error)), null)
    }
  })

  it('is not what any other failure says', async () => {
    const error = await failureOf(refusal('INSUFFICIENT_ACCESS'))
    await assert.rejects(orNullIfUnknown(Promise.reject(error)), error)
    await assert.rejects(orNullIfUnknown(Promise.reject(new TypeError('x'))), TypeError)
  })
})

describe('the delay that Vault reports', () => {
  it('is remembered while it lasts', async () => {
    const delays = ['500', '', 'x', '-5', '250']
    await using at = await vaultOf((_request, response, attempt) => {
      const delay = delays[attempt - 1] ?? ''
      const headers = delay === '' ? {} : { 'x-vaultapi-responsedelay': delay }
      sendJson(response, { responseStatus: 'SUCCESS' }, { headers })
    })
    const seen: number[] = []
    for (const _ of delays) {
      await at.vault.get(access, pathOf`/x`, { signal })
      seen.push(at.vault.polled.extraWaitMs())
    }
    assert.deepEqual(seen, [500, 0, 0, 0, 250])
  })
})

describe('the link to the next page', () => {
  it('is followed at the configured Vault, whatever host it names', async () => {
    await using elsewhere = await startNodeServer((_request, response) => sendJson(response, {}))
    await using at = await vaultOf((_request, response) => sendJson(response, { responseStatus: 'SUCCESS' }))
    const links = [
      '/api/v26.1/x?offset=50',
      `${elsewhere.url}/api/v26.1/x?offset=100`,
      '//evil.example/api/y',
    ]
    for (const link of links) await at.vault.follow(access, link, { signal })
    assert.deepEqual(at.server.requests, [
      'GET /api/v26.1/x?offset=50',
      'GET /api/v26.1/x?offset=100',
      'GET /api/y',
    ])
    assert.deepEqual(elsewhere.requests, [])
  })

  it('that leads out of the API, or is none, is refused', async () => {
    await using at = await vaultOf((_request, response) => sendJson(response, { responseStatus: 'SUCCESS' }))
    for (const link of ['/ui/x', '/api/../ui/x', 'file:///etc/passwd', 'http://']) {
      await assert.rejects(at.vault.follow(access, link, { signal }), (error) =>
        hasCode(error, 'UPSTREAM_INVALID_RESPONSE'),
      )
    }
    assert.deepEqual(at.server.requests, [])
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../../support/gateway.ts'
import { data } from '../../support/graphql.ts'
import { answerIn, openRaw, rawRequest } from '../../support/raw-connection.ts'

const json = { 'Content-Type': 'application/json' }
const hundredGigabytes = String(100 * 10 ** 9)

describe('a body that nobody waits for', () => {
  let sandbox: Sandbox
  let gateway: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    gateway = await startGateway({ sandbox })
  })
  after(async () => {
    assert.equal(await gateway.stop(), 0)
    await sandbox.stop()
  })

  /** The head of a request whose body never comes. */
  const answerTo = async (line: string, headers: Readonly<Record<string, string>>) => {
    using connection = await openRaw(gateway)
    connection.write(rawRequest(line, { Connection: 'keep-alive', ...headers }))
    await connection.receives(/\r\n\r\n\{.*\}$/s)
    const text = connection.received()
    return { ...answerIn(text), isInvited: text.startsWith('HTTP/1.1 100') }
  }

  const part = '/upload-sessions/none/parts/1'
  const refused: readonly [line: string, headers: Readonly<Record<string, string>>, status: number][] = [
    ['POST /elsewhere', json, 404],
    ['PUT /elsewhere', json, 404],
    ['PATCH /graphql', json, 404],
    ['DELETE /livez', json, 404],
    ['POST /metrics', json, 404],
    ['PUT /samply-profiles/orders', {}, 404],
    ['POST /profiling-sessions/a/results', json, 404],
    ['POST /board', json, 404],
    ['PUT /graphql/stream', json, 405],
    ['POST /graphql', { ...json, 'Content-Length': '1000001' }, 413],
    ['POST /graphql', { ...json, 'Content-Encoding': 'gzip' }, 415],
    ['POST /graphql', { 'Content-Type': 'application/json; charset=utf-16' }, 415],
    ['POST /graphql/stream', { 'Content-Type': 'text/plain' }, 415],
    ['POST /graphql/stream', { ...json, Accept: 'text/html' }, 406],
    ['POST /graphql/stream', { ...json, 'Content-Length': '1000001' }, 413],
    ['POST /graphql', { ...json, Host: 'rebound.example' }, 421],
    [`PUT ${part}`, { Host: 'rebound.example' }, 421],
    [`PUT ${part}`, { 'Content-Length': hundredGigabytes, Authorization: 'sandbox-demo' }, 413],
    [`PUT ${part}`, {}, 401],
    [`PUT ${part}`, { Authorization: 'sandbox-demo' }, 404],
  ]
  for (const [line, headers, status] of refused) {
    it(`is answered before it comes, with ${status}, and not asked for: ${line} with ${JSON.stringify(headers)}`, async () => {
      const all = { 'Content-Length': '5000', ...headers }
      assert.equal((await answerTo(line, all)).status, status)
      const answer = await answerTo(line, { ...all, Expect: '100-continue' })
      assert.deepEqual([answer.isInvited, answer.status], [false, status])
      assert.equal(answer.headers['connection'], 'close')
    })
  }

  it('may be asked for in no other way', async () => {
    using connection = await openRaw(gateway)
    connection.write(
      rawRequest('POST /graphql', { ...json, Expect: 'the unexpected', 'Content-Length': '5' }),
    )
    const answer = answerIn(await connection.ended)
    assert.deepEqual([answer.status, answer.code], [417, 'BAD_REQUEST'])
  })

  it('is asked for where it is wanted, and the request answered', async () => {
    const body = '{"query":"{ __typename }"}'
    for (const path of ['/graphql', '/graphql/stream']) {
      using connection = await openRaw(gateway)
      connection.write(
        rawRequest(`POST ${path}`, {
          ...json,
          Expect: '100-continue',
          'Content-Length': String(body.length),
        }),
      )
      await connection.receives(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
      connection.write(body)
      assert.match(await connection.ended, /"__typename":"Query"/)
    }
  })

  it('is asked for where a part is wanted, once Vault has told of its session', async () => {
    const { id } = { id: sandbox.vault.addUploadSession({ path: '/a.csv', sizeBytes: 5 }) }
    using connection = await openRaw(gateway)
    const arrived = sandbox.vault.calls.next('upload-session')
    connection.write(
      rawRequest(`PUT /upload-sessions/${id}/parts/1`, {
        Authorization: 'sandbox-demo',
        Expect: '100-continue',
        'Content-Length': '5',
      }),
    )
    await connection.receives(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    await arrived
    connection.write('a;b\n1')
    assert.match(await connection.ended, /HTTP\/1\.1 200 OK.*"size":5/s)
  })

  it('that an address has anyway changes nothing', async () => {
    const answer = await answerTo('GET /livez', { 'Content-Length': '5000' })
    assert.equal(answer.status, 200)
  })

  it('leaves the gateway as it was', async () => {
    assert.deepEqual(await data(gateway, '{ __typename }'), { __typename: 'Query' })
  })
})

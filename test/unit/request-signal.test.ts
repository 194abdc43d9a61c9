import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { it } from 'node:test'
import fastify from 'fastify'
import { OperationCancelled } from '../../src/core/operation.ts'
import { requestSignal } from '../../src/server/request-signal.ts'

it('the signal of a request is aborted from the start where its client has left before', async (test) => {
  const http = fastify()
  test.after(() => http.close())
  const signal = Promise.withResolvers<AbortSignal>()
  const arrived = Promise.withResolvers<void>()
  http.get('/', async (_request, reply) => {
    arrived.resolve()
    await once(reply.raw, 'close')
    signal.resolve(requestSignal(reply, new AbortController().signal))
    return reply.hijack()
  })
  const { port } = new URL(await http.listen({ port: 0, host: '127.0.0.1' }))
  const client = connect(Number(port), '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
  await arrived.promise
  client.destroy()
  const { aborted, reason } = await signal.promise
  assert.equal(aborted, true)
  assert.ok(reason instanceof OperationCancelled)
})

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { garbageBytes, peakMemoryBytes, standstill } from '../support/backpressure.ts'
import { download, openDownload, readDownload } from '../support/download.ts'
import { startGateway } from '../support/gateway.ts'
import { data } from '../support/graphql.ts'
import { startScriptedUpstream } from '../support/scripted-upstream.ts'

const mebibyte = 2 ** 20
const piece = randomBytes(mebibyte)
const pieces = 256
const digest = sha256Of(pieces)

function sha256Of(count: number): string {
  const hash = createHash('sha256')
  for (let index = 0; index < count; index += 1) hash.update(piece)
  return hash.digest('hex')
}

/** Sends the profile as fast as the gateway takes it, and counts what it took. */
function sendProfile(response: ServerResponse, onSent: (sentBytes: number) => void): void {
  response.writeHead(200, { 'content-type': 'application/gzip' })
  let sent = 0
  const sendMore = () => {
    while (sent < pieces) {
      sent += 1
      const goesOn = response.write(piece)
      onSent(sent * mebibyte)
      if (!goesOn) return response.once('drain', sendMore)
    }
    return response.end()
  }
  sendMore()
}

const path = '/samply-profiles/orders'

describe('a download of 256 MiB', () => {
  it('waits for a slow client: neither the gateway nor Feldera run ahead', async () => {
    let sentBytes = 0
    await using feldera = await startScriptedUpstream(({ url }, response) => {
      if (url?.includes('/silent/')) return
      sendProfile(response, (bytes) => {
        sentBytes = bytes
      })
    })
    await using gateway = await startGateway({
      env: { FELDERA_URL: feldera.url, UPSTREAM_TIMEOUT_MS: '2000' },
    })
    const before = peakMemoryBytes(gateway)
    const response = await openDownload(gateway, path)
    const heldBytes = await standstill(gateway, () => sentBytes)
    assert.ok(heldBytes < 48 * mebibyte, `Feldera has sent ${heldBytes} bytes to a client that reads none`)
    for (const _ of ['once', 'twice']) {
      const timedOut = await download(gateway, '/samply-profiles/silent')
      assert.equal(timedOut.code, 'UPSTREAM_TIMEOUT', 'by which the test knows that so much time has passed')
    }
    assert.equal(sentBytes, heldBytes)
    const hash = createHash('sha256')
    for await (const chunk of response) hash.update(chunk)
    assert.equal(
      hash.digest('hex'),
      digest,
      'a client that pauses longer than UPSTREAM_TIMEOUT_MS gets it all',
    )
    const grownBytes = peakMemoryBytes(gateway) - before
    assert.ok(grownBytes < garbageBytes, `the gateway grew by ${grownBytes} bytes`)
  })

  it('is read through for its SHA-256 without being held', async () => {
    await using feldera = await startScriptedUpstream((_request, response) => sendProfile(response, () => {}))
    await using gateway = await startGateway({ env: { FELDERA_URL: feldera.url } })
    const before = peakMemoryBytes(gateway)
    assert.deepEqual(
      await data(
        gateway,
        '{ samplyProfile(pipelineName: "orders") { ... on SamplyProfile { size sha256 } } }',
      ),
      { samplyProfile: { size: pieces * mebibyte, sha256: digest } },
    )
    const grownBytes = peakMemoryBytes(gateway) - before
    assert.ok(grownBytes < garbageBytes, `the gateway grew by ${grownBytes} bytes`)
  })
})

describe('a download that takes longer than UPSTREAM_TIMEOUT_MS', () => {
  const sizeBytes = 30
  /** Sends a byte at a time, each in a twentieth of the time-out, all together well beyond it. */
  const drip = (response: ServerResponse, left = sizeBytes) => {
    response.write('x')
    setTimeout(() => (left > 1 ? drip(response, left - 1) : response.end()), 100)
  }

  it('goes on as long as Feldera is never silent for so long, of a file as of its SHA-256', async () => {
    await using feldera = await startScriptedUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/gzip' })
      drip(response)
    })
    await using gateway = await startGateway({
      env: { FELDERA_URL: feldera.url, UPSTREAM_TIMEOUT_MS: '2000' },
    })
    const [file, answer] = await Promise.all([
      openDownload(gateway, path).then(readDownload),
      data(gateway, '{ samplyProfile(pipelineName: "orders") { ... on SamplyProfile { size } } }'),
    ])
    assert.deepEqual([file.isWhole, file.body.length], [true, sizeBytes])
    assert.deepEqual(answer, { samplyProfile: { size: sizeBytes } })
  })
})

import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { openRaw, rawRequest } from './raw-connection.ts'

/** What a gateway holds for its clients. */
const heldNames = ['subscribers', 'followed_things', 'watches', 'upstream_calls_in_queue']

/**
 * Resolves when a gateway holds nothing for any client: no connection but the one that asks, no subscriber, no watch and no call to
 * an upstream. It never does where a test has used `fetch`, which keeps its connections.
 */
export async function released(gateway: { readonly url: string }): Promise<void> {
  for (;;) {
    const text = await metricsOf(gateway)
    if (sumOf(text, 'connections') <= 1 && heldNames.every((name) => sumOf(text, name) === 0)) return
    await setImmediate()
  }
}

async function metricsOf(gateway: { readonly url: string }): Promise<string> {
  using connection = await openRaw(gateway)
  connection.write(rawRequest('GET /metrics'))
  const text = await connection.ended
  assert.match(text, /^vaultline_connections \d+$/m)
  return text
}

const sumOf = (text: string, name: string) =>
  [...text.matchAll(new RegExp(`^vaultline_${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  )

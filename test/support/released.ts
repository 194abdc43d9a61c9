import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { heldGauges, type Scraped, scrapedFrom } from './metrics.ts'
import { openRaw, rawRequest } from './raw-connection.ts'

/**
 * Resolves when a gateway holds nothing for any client: no connection but the one that asks, no subscriber, no watch and no call to
 * an upstream. It never does where a test has used `fetch`, which keeps its connections.
 */
export async function released(gateway: { readonly url: string }): Promise<void> {
  for (;;) {
    const { sum } = await metricsOf(gateway)
    if (sum('vaultline_connections') <= 1 && heldGauges.every((name) => sum(name) === 0)) return
    await setImmediate()
  }
}

async function metricsOf(gateway: { readonly url: string }): Promise<Scraped> {
  using connection = await openRaw(gateway)
  connection.write(rawRequest('GET /metrics'))
  const text = await connection.ended
  assert.match(text, /^vaultline_connections \d+$/m)
  return scrapedFrom(text)
}

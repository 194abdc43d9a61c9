import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** A span as it was sent. */
export interface CollectedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  /** Empty where it has none. */
  readonly parentSpanId: string
  /** 1: internal, 2: server, 3: client. */
  readonly kind: number
  readonly attributes: Readonly<Record<string, string | number>>
  readonly resource: Readonly<Record<string, string | number>>
}

/** A stand-in for a collector of OpenTelemetry, which takes spans by OTLP over HTTP. */
export interface Collector extends AsyncDisposable {
  readonly url: string
  spans(): readonly CollectedSpan[]
  /** All that was received, as text. */
  text(): string
  headers(): readonly IncomingHttpHeaders[]
  /** Resolves with the first span that fits, when it has come. */
  span(fits: (span: CollectedSpan) => boolean): Promise<CollectedSpan>
}

/** Starts a collector on a free port. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const bodies: Buffer[] = []
  const headers: IncomingHttpHeaders[] = []
  let news = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    if (request.method !== 'POST' || request.url !== '/v1/traces') {
      response.writeHead(404).end()
      return
    }
    bodies.push(body)
    headers.push(request.headers)
    spans.push(...spansOf(body))
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    news.resolve()
    news = Promise.withResolvers()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans: () => spans,
    text: () => Buffer.concat(bodies).toString('latin1'),
    headers: () => headers,
    async span(fits) {
      for (;;) {
        const found = spans.find(fits)
        if (found !== undefined) return found
        await news.promise
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The fields of one message of Protocol Buffers, by number (Encoding, Message Structure). */
type Fields = ReadonlyMap<number, readonly (Buffer | number)[]>

function fieldsOf(bytes: Buffer): Fields {
  const fields = new Map<number, (Buffer | number)[]>()
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at] ?? 0
      at += 1
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Buffer => {
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = varint()
    const value = [varint, () => take(8), () => take(varint()), undefined, undefined, () => take(4)][
      tag % 8
    ]?.()
    if (value === undefined) throw new Error(`an unknown wire type, ${tag % 8}`)
    const number = Math.floor(tag / 8)
    fields.set(number, [...(fields.get(number) ?? []), value])
  }
  return fields
}

const messages = (fields: Fields, number: number): readonly Fields[] =>
  (fields.get(number) ?? []).map((value) => fieldsOf(bytesOf(value)))
const bytesOf = (value: Buffer | number | undefined): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.alloc(0)
const bytesIn = (fields: Fields, number: number): Buffer => bytesOf(fields.get(number)?.[0])

/** opentelemetry-proto, trace/v1/trace.proto. */
function spansOf(body: Buffer): readonly CollectedSpan[] {
  return messages(fieldsOf(body), 1).flatMap((ofResource) => {
    const resource = messages(ofResource, 1).map((one) => attributesOf(one, 1))[0] ?? {}
    return messages(ofResource, 2).flatMap((ofScope) =>
      messages(ofScope, 2).map((span) => ({
        name: bytesIn(span, 5).toString(),
        traceId: bytesIn(span, 1).toString('hex'),
        spanId: bytesIn(span, 2).toString('hex'),
        parentSpanId: bytesIn(span, 4).toString('hex'),
        kind: Number(span.get(6)?.[0] ?? 0),
        attributes: attributesOf(span, 9),
        resource,
      })),
    )
  })
}

function attributesOf(fields: Fields, number: number): Record<string, string | number> {
  return Object.fromEntries(
    messages(fields, number).map((pair) => {
      const [value = new Map()] = messages(pair, 2)
      const number = value.get(3)?.[0]
      return [bytesIn(pair, 1).toString(), typeof number === 'number' ? number : bytesIn(value, 1).toString()]
    }),
  )
}

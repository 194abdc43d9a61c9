import { gzipSync } from 'node:zlib'
import type { Chance } from './chance.ts'
import { mutatedJson, mutatedText } from './json-mutations.ts'
import type { Mutated, UpstreamReply } from './mutating-proxy.ts'

/** Which answers may come. Those that say a credential is over, or a thing is gone, end what waits for it, as they should. */
export interface MutationChoice {
  /** True: only answers that no upstream in good health gives. A watch has to outlive them. */
  readonly onlyFailures?: boolean
  /** False: nothing that is only found out when time is up. */
  readonly maySilence: boolean
}

type Mutator = (reply: UpstreamReply, chance: Chance) => Mutated

/** One changed answer. */
export function mutatedAnswer(
  reply: UpstreamReply,
  chance: Chance,
  { onlyFailures = false, maySilence }: MutationChoice,
): Mutated {
  if (maySilence && chance.of(0.004)) return chance.pick(silences)(reply, chance)
  if (onlyFailures) return chance.pick([...brokenHttp, ...brokenBodies])(reply, chance)
  const mutators = chance.pick([brokenHttp, brokenBodies, wrongContents, wrongContents, wrongContents])
  return chance.pick(mutators)(reply, chance)
}

/** An answer as it goes over the wire. */
function wireOf(
  { status, headers, body }: UpstreamReply,
  more: Readonly<Record<string, string>> = {},
  statusLine = `HTTP/1.1 ${status} X`,
) {
  const lines = Object.entries({ ...headers, 'content-length': String(body.length), ...more })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`)
  return Buffer.concat([Buffer.from(`${[statusLine, ...lines].join('\r\n')}\r\n\r\n`, 'latin1'), body])
}

const bytes = (what: string, content: Buffer, end: 'end' | 'reset' | 'stay open' = 'end'): Mutated => ({
  kind: 'bytes',
  what,
  bytes: content,
  end,
})

const silences: readonly Mutator[] = [
  () => bytes('silence', Buffer.alloc(0), 'stay open'),
  (reply, chance) => {
    const whole = wireOf(reply)
    return bytes('silence in between', whole.subarray(0, chance.between(0, whole.length - 1)), 'stay open')
  },
  (reply) => ({
    kind: 'bytes',
    what: 'a drip',
    bytes: wireOf(reply),
    end: 'end',
    pieceBytes: 1,
    pauseMs: 20,
  }),
  (reply) =>
    bytes(
      'a length that is too long, and silence',
      wireOf(reply, { 'content-length': String(reply.body.length + 10) }),
      'stay open',
    ),
]

const brokenHttp: readonly Mutator[] = [
  () => bytes('a reset', Buffer.alloc(0), 'reset'),
  () => bytes('the end of the connection', Buffer.alloc(0)),
  (reply, chance) => {
    const whole = wireOf(reply)
    const at = chance.between(0, whole.length - 1)
    return bytes(`a cut behind ${at} bytes`, whole.subarray(0, at), chance.pick(['end', 'reset']))
  },
  (reply) =>
    bytes('a length that is too long', wireOf(reply, { 'content-length': String(reply.body.length + 10) })),
  (reply) => bytes('a length that is no number', wireOf(reply, { 'content-length': 'many' })),
  (reply) => bytes('a length below zero', wireOf(reply, { 'content-length': '-1' })),
  (reply) => bytes('an endless length', wireOf(reply, { 'content-length': '99999999999999999999999' })),
  (reply) =>
    bytes('chunks that are none', wireOf(reply, { 'content-length': '', 'transfer-encoding': 'chunked' })),
  (reply) =>
    bytes(
      'chunks without end',
      wireOf(
        { ...reply, body: Buffer.concat([Buffer.from(`${reply.body.length.toString(16)}\r\n`), reply.body]) },
        { 'content-length': '', 'transfer-encoding': 'chunked' },
      ),
    ),
  (reply) =>
    bytes(
      'a chunk of too large a size',
      wireOf(
        { ...reply, body: Buffer.from('fffffffffffffffff\r\nx') },
        { 'content-length': '', 'transfer-encoding': 'chunked' },
      ),
    ),
  (reply) => bytes('chunks and a length', wireOf(reply, { 'transfer-encoding': 'chunked' })),
  () => bytes('no HTTP', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')),
  (_, chance) => bytes('noise', Buffer.from(Array.from({ length: 300 }, () => chance.between(0, 255)))),
  (reply, chance) =>
    bytes(
      'a strange status line',
      wireOf(
        reply,
        {},
        chance.pick([
          'HTTP/9.9 200 OK',
          'HTTP/1.1 99 X',
          'HTTP/1.1 1000 X',
          'HTTP/1.1 abc X',
          'HTTP/1.1',
          'ICY 200 OK',
          'HTTP/1.1 200',
        ]),
      ),
    ),
  (reply) => bytes('a status out of range', wireOf(reply, {}, 'HTTP/1.1 999 X')),
  (reply) =>
    bytes(
      'another protocol',
      wireOf(reply, { upgrade: 'h2c', connection: 'upgrade' }, 'HTTP/1.1 101 Switching Protocols'),
    ),
  () => bytes('a hundred and nothing else', Buffer.from('HTTP/1.1 100 Continue\r\n\r\n')),
  (reply) =>
    bytes(
      'headers without end',
      wireOf({ ...reply, body: Buffer.alloc(0) }, { 'x-filler': 'x'.repeat(100_000) }),
    ),
  (reply) => bytes('a header with control characters', wireOf(reply, { 'x-strange': 'a\u0001b\u0000c' })),
  (reply) => bytes('a header without a name', wireOf(reply, { ' ': 'x' })),
]

const withBody = (
  what: string,
  reply: UpstreamReply,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Mutated => ({
  kind: 'reply',
  what,
  reply: { ...reply, body, headers: { ...reply.headers, ...headers } },
})

/** What no client can read, in HTTP that is as it should be. */
const brokenBodies: readonly Mutator[] = [
  (reply, chance) =>
    withBody(
      'half a body',
      reply,
      reply.body.subarray(0, chance.between(0, Math.max(0, reply.body.length - 2))),
    ),
  (reply) => withBody('a page', reply, Buffer.from('<html>Sign in</html>'), { 'content-type': 'text/html' }),
  (reply) => withBody('no body', reply, Buffer.alloc(0)),
  (reply) => withBody('gzip that is none', reply, reply.body, { 'content-encoding': 'gzip' }),
  (reply) => withBody('gzip', reply, gzipSync(reply.body), { 'content-encoding': 'gzip' }),
  (reply) =>
    withBody('an encoding that nobody knows', reply, Buffer.from('x'), { 'content-encoding': 'rot13, br' }),
  (_reply, chance) => ({
    kind: 'reply',
    what: 'a failing proxy',
    reply: {
      status: chance.pick([500, 502, 503, 504, 520]),
      headers: { 'content-type': 'text/html', 'retry-after': chance.pick(retryAfters) },
      body: Buffer.from('<html>Bad gateway</html>'),
    },
  }),
  (reply, chance) => ({
    kind: 'reply',
    what: 'a redirect',
    reply: {
      ...reply,
      status: chance.pick([301, 302, 303, 307, 308, 300]),
      headers: { location: chance.pick(['/elsewhere', 'http://elsewhere.invalid/', ':', '']) },
    },
  }),
  (reply) => bytes('204 with a body', wireOf({ ...reply, status: 204 })),
  (reply) => bytes('205 with a body', wireOf({ ...reply, status: 205 })),
  (reply) => bytes('304 with a body', wireOf({ ...reply, status: 304 })),
]

const retryAfters = [
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  'soon',
  'Wed, 99 Foo 2026 99:99:99 GMT',
  '',
  '1.5',
  'Infinity',
]

const headerNames = [
  'retry-after',
  'x-vaultapi-burstlimitremaining',
  'x-vaultapi-burstlimit',
  'x-vaultapi-status',
  'x-vaultapi-executionid',
  'x-vaultapi-vaultid',
  'ratelimit',
  'etag',
  'set-cookie',
  'content-disposition',
  'content-type',
  'content-range',
  'trailer',
  'link',
]

const headerValues = [
  '',
  ' ',
  '-1',
  '0',
  '1e99',
  '99999999999999999999',
  'NaN',
  '"',
  ';;;===',
  "filename*=UTF-8''%E0%A4%A",
  'attachment; filename="../../etc/passwd"',
  'application/json; charset=nothing',
  'text/plain',
  'image/png',
  'FAILURE',
  'EXCEPTION',
  'SUCCESS',
  '\u00ff\u00fe',
  'a'.repeat(5000),
  'bytes */*',
]

/** Answers that can be read, and say what they should not. */
const wrongContents: readonly Mutator[] = [
  (reply, chance) => ({
    kind: 'reply',
    what: 'another status',
    reply: {
      ...reply,
      status: chance.pick([
        200, 201, 202, 203, 206, 226, 400, 401, 402, 403, 404, 405, 409, 410, 413, 418, 422, 429, 431, 451,
        500, 501, 503, 505, 599,
      ]),
    },
  }),
  (reply, chance) => {
    const name = chance.pick(headerNames)
    const value = name === 'retry-after' ? chance.pick(retryAfters) : chance.pick(headerValues)
    return {
      kind: 'reply',
      what: `the header ${name}: ${value}`,
      reply: { ...reply, headers: { ...reply.headers, [name]: value } },
    }
  },
  ...Array.from({ length: 6 }, (): Mutator => (reply, chance) => jsonOrFlipped(reply, chance)),
  (reply, chance) => withBody('another text', reply, mutatedText(reply.body.toString(), chance)),
  (reply, chance) =>
    bytes(
      'a length that is too short',
      wireOf(reply, { 'content-length': String(chance.between(0, Math.max(0, reply.body.length - 1))) }),
    ),
  (reply) =>
    bytes(
      'hints before the answer',
      Buffer.concat([
        Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'),
        wireOf(reply),
      ]),
    ),
  (reply) => bytes('the answer twice', Buffer.concat([wireOf(reply), wireOf(reply)])),
  (reply) =>
    bytes(
      'HTTP/1.0 without a length',
      wireOf(reply, { 'content-length': '' }, `HTTP/1.0 ${reply.status} OK`),
    ),
]

/** JSON is changed as such; of another file some bytes are. */
function jsonOrFlipped(reply: UpstreamReply, chance: Chance): Mutated {
  const text = reply.body.toString()
  try {
    const changed = JSON.stringify(mutatedJson(JSON.parse(text), chance)) ?? 'null'
    return withBody(`other JSON: ${changed.slice(0, 300)}`, reply, Buffer.from(changed))
  } catch {
    const body = Buffer.from(reply.body)
    for (let times = chance.pick([1, 5, 50]); times > 0 && body.length > 0; times -= 1) {
      body[chance.between(0, body.length - 1)] = chance.between(0, 255)
    }
    return withBody('some other bytes', reply, body)
  }
}

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { showcase } from '../../src/sandbox/sandbox.ts'
import { type BareSocket, openBareSocket } from '../support/bare-socket.ts'
import { codesIn } from './answers.ts'
import { type Act, oneOf, type Stage } from './stage.ts'

/** How long somebody follows something at most, in milliseconds. */
const maxStayMs = 15_000

/** Followed by all callers alike, so that groups come and go too. */
const subscriptions: readonly [string, ...string[]] = [
  'subscription { activeJobsUpdated { job { id status progress { status size } } previousStatus } }',
  'subscription { activeJobsUpdated(filter: { status: RUNNING }) { job { id status tasks(first: 5) { totalCount } } } }',
  `subscription { jobUpdated(id: "${showcase.runningJobId}") { job { id status progress { size } } } }`,
  'subscription { jobUpdated(id: "1") { job { id } } }',
  `subscription { jobsUpdated(ids: ["44990", "44991", "${showcase.runningJobId}", "${showcase.sdkJobId}"]) { job { id status } } }`,
  `subscription { uploadSessionUpdated(id: "${showcase.uploadSessionId}") { id uploaded } }`,
  `subscription { profilingSessionUpdated(name: "${showcase.movingProfilingSessionName}") { id status } }`,
  `subscription { samplyProfileUpdated(pipelineName: "${showcase.neverProfiledPipelineName}") { __typename } }`,
  `subscription { samplyProfileUpdated(pipelineName: "${showcase.profiledPipelineName}") { __typename } }`,
]

const explained = ['NOT_FOUND']

interface Opened {
  readonly socket: BareSocket
  /** Resolves when the other side has ended the connection. */
  readonly ended: Promise<string>
}

/** Opens a WebSocket that is acknowledged, and notes all that comes over it. */
async function open(stage: Stage, act: string): Promise<Opened> {
  const acknowledged = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<string>()
  const socket = await openBareSocket(stage.webSocketUrl, {
    onText(text) {
      if (text.startsWith('{"type":"connection_ack"')) acknowledged.resolve()
      else if (!text.endsWith('"type":"complete"}')) {
        for (const code of codesIn(text)) stage.answers.note(act, code, explained)
      }
    },
    onEnd(reason) {
      ended.resolve(reason)
      acknowledged.resolve()
    },
  })
  socket.send(
    JSON.stringify({ type: 'connection_init', payload: { authorization: stage.callers.session() } }),
  )
  await acknowledged.promise
  return { socket, ended: ended.promise }
}

const subscribe = (socket: BareSocket, id: string, query: string) =>
  socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }))

/** Follows some things on one WebSocket for a while, and leaves in one of many ways. */
async function follow(stage: Stage): Promise<void> {
  const { socket, ended } = await open(stage, 'follow by WebSocket')
  const count = 1 + Math.floor(Math.random() * 3)
  for (let id = 0; id < count; id += 1) subscribe(socket, String(id), oneOf(subscriptions))
  const gone = await Promise.race([ended, stage.pause(Math.random() * maxStayMs)])
  if (typeof gone === 'string') {
    // Without an operation the connection is idle, which is no fault.
    stage.answers.note('follow by WebSocket', gone.replace(/^closed with 1000 .*/, 'OK'))
    return socket.drop()
  }
  await leave(socket, count, ended)
}

async function leave(socket: BareSocket, count: number, ended: Promise<unknown>): Promise<void> {
  switch (oneOf(['complete', 'close', 'drop', 'reset'])) {
    case 'complete':
      for (let id = 0; id < count; id += 1) socket.send(JSON.stringify({ id: String(id), type: 'complete' }))
      return socket.drop()
    case 'close':
      socket.close()
      await ended
      return socket.drop()
    case 'drop':
      return socket.drop()
    default:
      return socket.reset()
  }
}

/** Queries over a WebSocket: some are completed by their client, some left behind, and most are answered. */
async function askByWebSocket(stage: Stage): Promise<void> {
  const { socket } = await open(stage, 'ask by WebSocket')
  const query = '{ activeJobs(first: 20) { totalCount nodes { id tasks(first: 2) { totalCount } } } }'
  for (const id of ['a', 'b', 'c']) subscribe(socket, id, query)
  subscribe(socket, 'viewer', '{ viewer { userId } }')
  if (Math.random() < 0.5) socket.send('{"id":"b","type":"complete"}')
  await stage.pause(Math.random() * 300)
  socket.drop()
}

/** What breaks the protocol is closed, each with its code. */
async function breakProtocol(stage: Stage): Promise<void> {
  const act = 'break the protocol'
  const [text, code] = oneOf<readonly [string, string]>([
    ['{', '4400'],
    ['{"type":"connection_init"}', '4429'],
    ['{"id":"1","type":"next","payload":{}}', '4400'],
    ['{"type":"start"}', '4400'],
  ])
  const { socket, ended } = await open(stage, act)
  subscribe(socket, '1', oneOf(subscriptions))
  socket.send(text)
  const reason = await ended
  stage.answers.note(act, reason.startsWith(`closed with ${code}`) ? 'OK' : reason)
  socket.drop()
}

/** Asks for much and reads nothing of it, until the gateway cuts it off. */
async function readNothing(stage: Stage): Promise<void> {
  const { socket } = await open(stage, 'read nothing')
  socket.stopReading()
  const query =
    '{ completedJobs(first: 200) { nodes { id status title method createdDate runStartDate runEndDate } } }'
  for (let id = 0; id < 100; id += 1) subscribe(socket, `q${id}`, query)
  await stage.pause(4000)
  socket.reset()
  stage.answers.note('read nothing', 'OK')
}

/** Follows something as events, and leaves by closing or by a reset. */
async function followEvents(stage: Stage): Promise<void> {
  const query = encodeURIComponent(oneOf([...subscriptions, '{ __typename }', '{ nothing }']))
  const socket = await openHttp(stage, `GET /graphql/stream?query=${query}`)
  let seen = ''
  socket.on('data', (chunk) => {
    seen = (seen + String(chunk)).slice(-100_000)
  })
  await Promise.race([once(socket, 'end').catch(() => {}), stage.pause(Math.random() * maxStayMs)])
  for (const code of codesIn(seen)) {
    stage.answers.note('follow by events', code, [...explained, 'GRAPHQL_VALIDATION_FAILED'])
  }
  if (Math.random() < 0.5) socket.resetAndDestroy()
  else socket.destroy()
}

/** A request that never becomes whole, and a connection that never says anything. */
async function sayHalf(stage: Stage): Promise<void> {
  const socket = await openHttp(
    stage,
    'POST /graphql',
    'Content-Type: application/json\r\nContent-Length: 5000\r\n',
  )
  socket.write('{"query":"{')
  await stage.pause(Math.random() * 1000)
  socket.resetAndDestroy()
  const silent = connect(Number(new URL(stage.httpUrl).port), '127.0.0.1')
  silent.on('error', () => {})
  await stage.pause(Math.random() * 1000)
  silent.destroy()
  stage.answers.note('half a request', 'OK')
}

async function openHttp(stage: Stage, start: string, more = ''): Promise<Socket> {
  const socket = connect(Number(new URL(stage.httpUrl).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `${start} HTTP/1.1\r\nHost: ${new URL(stage.httpUrl).host}\r\nAuthorization: ${stage.callers.session()}\r\n${more}\r\n`,
  )
  await once(socket, 'connect')
  return socket
}

/** Who comes, listens and goes. */
export const subscriberActs: readonly Act[] = [
  { name: 'follow by WebSocket', weight: 6, run: follow },
  { name: 'follow by events', weight: 4, run: followEvents },
  { name: 'ask by WebSocket', weight: 3, run: askByWebSocket },
  { name: 'break the protocol', weight: 1, run: breakProtocol },
  { name: 'half a request', weight: 1, run: sayHalf },
  { name: 'read nothing', weight: 0.1, run: readNothing },
]

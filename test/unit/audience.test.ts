import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAudience } from '../../src/watch/audience.ts'
import type { FeedEvent } from '../../src/watch/feed.ts'
import { createFakeClock } from '../support/fake-clock.ts'

interface State {
  readonly status: string
  readonly isListed: boolean
}

const audienceOf = () =>
  createAudience<State>(
    {
      isChange: (previous, next) => previous.status !== next.status,
      isOver: ({ status }) => status === 'SUCCESS',
      isWhole: ({ isListed }) => isListed,
    },
    createFakeClock(),
    { onBegin() {}, onEnd() {}, onBeginAll() {}, onEndAll() {}, onWants() {}, onIdle() {} },
  )

/** What comes of a feed, as it is asked for. */
async function next(feed: AsyncIterator<FeedEvent<State>>): Promise<string> {
  const { value } = await feed.next()
  return value !== undefined && 'state' in value
    ? `${value.previous?.status ?? 'new'} ${value.state.status}`
    : 'none'
}

describe('who follows everything', () => {
  it('hears of a thing first when it is whole, and then of each change', async () => {
    const audience = audienceOf()
    const one = audience.follow(['1'], false)
    const all = audience.followAll(() => true)
    audience.tell('1', { status: 'QUEUED', isListed: false })
    audience.tell('1', { status: 'RUNNING', isListed: false })
    audience.tell('1', { status: 'RUNNING', isListed: true })
    audience.tell('1', { status: 'SUCCESS', isListed: true })
    assert.deepEqual([await next(all), await next(all)], ['new RUNNING', 'RUNNING SUCCESS'])
    assert.deepEqual(
      [await next(one), await next(one), await next(one)],
      ['new QUEUED', 'QUEUED RUNNING', 'RUNNING SUCCESS'],
    )
  })

  it('hears how a thing ends that it was told of, though the last state is not whole', async () => {
    const audience = audienceOf()
    const all = audience.followAll(() => true)
    audience.tell('1', { status: 'RUNNING', isListed: true })
    audience.tell('1', { status: 'SUCCESS', isListed: false })
    assert.deepEqual([await next(all), await next(all)], ['new RUNNING', 'RUNNING SUCCESS'])
  })

  it('hears nothing of what was over before it was whole', async () => {
    const audience = audienceOf()
    audience.follow(['1'], false)
    const all = audience.followAll(() => true)
    audience.tell('1', { status: 'RUNNING', isListed: false })
    audience.tell('1', { status: 'SUCCESS', isListed: true })
    audience.tell('2', { status: 'RUNNING', isListed: true })
    assert.equal(await next(all), 'new RUNNING')
  })
})

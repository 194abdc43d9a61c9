import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createMailbox, type Mailbox, maxBacklog } from '../../src/watch/mailbox.ts'
import { settled } from '../support/settled.ts'

interface State {
  readonly n: number
}

function mailboxWithLeaves() {
  let leaves = 0
  const mailbox: Mailbox<State> = createMailbox(() => {
    leaves += 1
  })
  const put = (...numbers: readonly number[]) => {
    for (const n of numbers) mailbox.put({ n })
  }
  return { mailbox, put, leaves: () => leaves }
}

/** What the subscriber receives until the end: the numbers, or the failure. */
async function allOf(mailbox: Mailbox<State>): Promise<unknown[]> {
  const received: unknown[] = []
  for await (const message of mailbox) received.push('failure' in message ? message.failure : message.state.n)
  return received
}

describe('a mailbox', () => {
  it('gives every state once and in order, and then ends', async () => {
    const { mailbox, put, leaves } = mailboxWithLeaves()
    put(1, 2, 2, 3)
    mailbox.end()
    assert.deepEqual(await allOf(mailbox), [1, 2, 2, 3])
    assert.equal(leaves(), 1)
  })

  it('wakes a subscriber that waits', async () => {
    const { mailbox, put } = mailboxWithLeaves()
    const next = mailbox.next()
    await settled()
    put(7)
    assert.deepEqual(await next, { done: false, value: { state: { n: 7 }, previous: undefined } })
  })

  it('tells with each state the one that this subscriber received before', async () => {
    const { mailbox, put } = mailboxWithLeaves()
    put(1, 2)
    const previous: unknown[] = []
    for (let turn = 0; turn < 2; turn += 1) {
      const { value } = await mailbox.next()
      previous.push(value.previous)
    }
    assert.deepEqual(previous, [undefined, { n: 1 }])
  })

  it('gives a failure last, behind what is queued, and then ends', async () => {
    const { mailbox, put, leaves } = mailboxWithLeaves()
    const failure = new Error('broken')
    put(1)
    mailbox.end({ failure })
    mailbox.end()
    put(2)
    assert.deepEqual(await allOf(mailbox), [1, failure])
    assert.equal(leaves(), 1)
  })

  it('gives a failure that is undefined, or any other value, too', async () => {
    const { mailbox } = mailboxWithLeaves()
    mailbox.end({ failure: undefined })
    assert.deepEqual(await allOf(mailbox), [undefined])
  })

  it('of a slow subscriber is bounded: the oldest are dropped, the newest arrive', async () => {
    const { mailbox, put } = mailboxWithLeaves()
    const numbers = Array.from({ length: 10 * maxBacklog }, (_, index) => index)
    put(-1)
    await mailbox.next()
    put(...numbers)
    mailbox.end()
    const first = await mailbox.next()
    assert.deepEqual(first.value, { state: { n: 9 * maxBacklog }, previous: { n: -1 } })
    assert.deepEqual(await allOf(mailbox), numbers.slice(-maxBacklog + 1))
  })

  it('of who has left takes nothing more, and lets go of what was queued', async () => {
    const { mailbox, put, leaves } = mailboxWithLeaves()
    put(1)
    await mailbox.return()
    put(2)
    mailbox.end({ failure: new Error('late') })
    assert.deepEqual(await mailbox.next(), { done: true, value: undefined })
    await mailbox.return()
    assert.equal(leaves(), 1)
  })

  it('lets a subscriber that waits go when it leaves, however often it waits', async () => {
    const { mailbox } = mailboxWithLeaves()
    const waiting = [mailbox.next(), mailbox.next()]
    await settled()
    await mailbox.return()
    for (const next of waiting) assert.deepEqual(await next, { done: true, value: undefined })
  })

  it('serves two waits with two states', async () => {
    const { mailbox, put } = mailboxWithLeaves()
    const waiting = [mailbox.next(), mailbox.next()]
    await settled()
    put(1, 2)
    const received = (await Promise.all(waiting)).map(({ value }) => value.state.n)
    assert.deepEqual(received.toSorted(), [1, 2])
  })
})

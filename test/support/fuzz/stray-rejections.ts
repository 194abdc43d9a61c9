import { setImmediate as nextTurn } from 'node:timers/promises'

/** What was run, and the reasons of promises that were rejected meanwhile with nobody to hear of it. */
export interface Ran<Value> {
  readonly value: Value
  readonly strays: readonly unknown[]
}

/**
 * Runs something, and collects rejections that nobody handles instead of failing the test that is under way. graphql-js leaves
 * some behind: where an element of a list throws, it forgets the promises of the elements before it. Node ends a process for that.
 */
export async function withStrayRejections<Value>(run: () => Promise<Value>): Promise<Ran<Value>> {
  const strays: unknown[] = []
  const note = (reason: unknown) => void strays.push(reason)
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', note)
  try {
    const value = await run()
    // Promises that are forgotten may settle later than the answer.
    for (let turn = 0; turn < 20; turn += 1) await nextTurn()
    return { value, strays }
  } finally {
    process.off('unhandledRejection', note)
    for (const other of others) process.on('unhandledRejection', other)
  }
}

let ending: Promise<void> | undefined

/**
 * Resolves when all that has arrived is seen to: in the phase of the event loop that comes behind reading, for all who wait one
 * behind the other. What is written to sockets then leaves together. Written one by one, each message wakes its reader, who
 * has gone to sleep again before the next one comes; on a virtual machine that costs more than the answer to a small query.
 */
export function endOfTurn(): Promise<void> {
  ending ??= new Promise((resolve) => {
    setImmediate(() => {
      ending = undefined
      resolve()
    })
  })
  return ending
}

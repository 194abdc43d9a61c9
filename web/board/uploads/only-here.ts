/**
 * Does work on an upload, unless another page of this browser does: two that send the same parts get in each other's way.
 * Browsers have locks on HTTPS and on their own machine; elsewhere the work is done.
 *
 * @returns whether it was done
 */
export async function onlyHere(sessionId: string, work: () => Promise<void>): Promise<boolean> {
  const locks: LockManager | undefined = navigator.locks
  if (locks === undefined) {
    await work()
    return true
  }
  return locks.request(`vaultline-board upload ${sessionId}`, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await work()
    return lock !== null
  })
}

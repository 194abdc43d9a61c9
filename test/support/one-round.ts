import type { CallLog } from '../../src/sandbox/call-log.ts'

/**
 * Waits until all that is followed is looked at in one round: what is followed anew has a look of its own first, and falls in with
 * the others at the next one. The log of calls is empty then.
 *
 * @param route of the list that a round asks for
 */
export async function inOneRound(calls: CallLog, route: string): Promise<void> {
  do {
    calls.clear()
    await calls.next(route)
  } while (calls.count() > 1)
  calls.clear()
}

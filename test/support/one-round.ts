import type { CallLog } from '../../src/sandbox/call-log.ts'

/**
 * Settings of a gateway whose rounds are counted: where a busy machine holds it up for a whole interval between two things that it
 * has seen, they fall into different rounds.
 */
export const calmPace = { POLL_INTERVAL_MS: '300' }

/**
 * Waits until all that is followed is looked at in one round: what is followed anew has a look of its own first, and falls in with
 * the others at the next one. The log of calls is empty then.
 *
 * @param route of the list that a round asks for
 */
export async function inOneRound(calls: CallLog, route: string): Promise<void> {
  // From one call of a round to the next, since a look that is under way may ask just behind it.
  await calls.next(route)
  do {
    calls.clear()
    await calls.next(route)
  } while (calls.count() > 1)
  calls.clear()
}

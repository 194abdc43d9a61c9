import { setImmediate } from 'node:timers/promises'

/** Resolves when all that only waits for promises has run: no timer fires and no time passes on a fake clock. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate()
}

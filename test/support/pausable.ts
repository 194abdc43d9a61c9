import type { Clock, Timer } from '../../src/core/time.ts'
import type { JobsClient } from '../../src/jobs/client.ts'

/** A process that can be stopped and woken, as by SIGSTOP and SIGCONT: meanwhile time goes on, and nothing happens in it. */
export interface Pausable {
  readonly clock: Clock
  /** The same calls, of which the process hears nothing while it is stopped. */
  hearing(client: JobsClient): JobsClient
  pause(): void
  wake(): void
}

/** Makes one that lives by a clock. */
export function createPausable(clock: Clock): Pausable {
  let isPaused = false
  let waiting: (() => void)[] = []
  const whenAwake = (happen: () => void) => {
    if (isPaused) waiting.push(happen)
    else happen()
  }
  const awake = () => new Promise<void>(whenAwake)
  const heard = async <Value>(call: Promise<Value>): Promise<Value> => {
    await call.then(awake, awake)
    return call
  }
  return {
    clock: {
      now: clock.now,
      after(delayMs, callback): Timer {
        let isCancelled = false
        const timer = clock.after(delayMs, () =>
          whenAwake(() => {
            if (!isCancelled) callback()
          }),
        )
        return {
          cancel() {
            isCancelled = true
            timer.cancel()
          },
        }
      },
    },
    hearing: (client) => ({
      ...client,
      status: (...given) => heard(client.status(...given)),
      list: (...given) => heard(client.list(...given)),
    }),
    pause() {
      isPaused = true
    },
    wake() {
      isPaused = false
      const happened = waiting
      waiting = []
      for (const happen of happened) happen()
    },
  }
}

import type { WriteCount } from '../upstream/write-count.ts'
import type { Bus } from './bus.ts'

const announcement = 'written'

/**
 * Lets replicas tell each other that something was written, and no more than that. A query that is asked of one replica then joins
 * none that began there before a write through another. It is told at once, but nobody waits until it has arrived.
 */
export function shareWrites(bus: Pick<Bus, 'announce' | 'listen'>, writes: WriteCount): void {
  writes.onWritten(() => bus.announce(announcement, ''))
  bus.listen(announcement, writes.note)
}

import { deserialize, serialize } from 'node:v8'
import type { SealedBytes } from '../core/sealed-bytes.ts'
import type { Clock } from '../core/time.ts'
import type { Bus } from './bus.ts'
import type { ChannelListener, RedisConnection } from './redis-connection.ts'
import { createSilence } from './silence.ts'

/** What is told to all replicas. Of no name: nothing, but who says it hears whether it still hears. */
interface Announcement {
  readonly from: string
  readonly name: string | undefined
  readonly detail: string
}

/** What {@link createAnnouncements} needs. */
export interface AnnouncementsOptions {
  readonly redis: RedisConnection
  readonly sealed: SealedBytes
  readonly clock: Clock
  /** Between two tries to hear them, in milliseconds. */
  readonly leaseMs: number
  /** Who this replica is, for others. */
  readonly self: string
}

/** What all replicas tell each other, and not about a topic. */
export interface Announcements extends Pick<Bus, 'announce' | 'listen'> {
  isHeard(): boolean
  /** Finds out, once in a while, whether they are still heard. */
  beat(): void
  close(): void
}

/** Makes the announcements of one replica, and begins to hear those of the others. */
export function createAnnouncements(options: AnnouncementsOptions): Announcements {
  const { redis, sealed, clock, leaseMs, self } = options
  const channel = `vaultline:{${sealed.nameOf('announcements')}}`
  const listeners = new Map<string, (detail: string) => void>()
  const silence = createSilence()
  let isHeard = false
  let isClosed = false

  const say = (name: string | undefined, detail: string) => {
    const announcement: Announcement = { from: self, name, detail }
    // Who cannot be reached does not hear of it.
    redis.publish(channel, sealed.seal(serialize(announcement), channel)).catch(() => {})
  }
  const listener: ChannelListener = {
    onMessage(bytes) {
      silence.end()
      const opened = sealed.open(bytes, channel)
      if (opened === undefined) return
      const { from, name, detail }: Announcement = deserialize(opened)
      if (from !== self && name !== undefined) listeners.get(name)?.(detail)
    },
    onLost() {
      isHeard = false
      void startHearing()
    },
  }
  const startHearing = async () => {
    try {
      await redis.subscribe(channel, listener)
      silence.end()
      isHeard = true
    } catch {
      // The connection has told why.
      if (!isClosed) clock.after(leaseMs, () => void startHearing())
    }
  }
  void startHearing()
  return {
    announce: say,
    listen: (name, onAnnounced) => void listeners.set(name, onAnnounced),
    isHeard: () => isHeard,
    beat() {
      if (!isHeard) return
      const heard = silence.beat()
      if (heard === 'deaf') redis.giveUp(channel)
      if (heard === 'silent') say(undefined, '')
    },
    close() {
      isClosed = true
    },
  }
}

import type { Clock } from '../../src/core/time.ts'
import { claimLease, releaseLease, renewLease, tellUnderLease } from '../../src/fleet/lease-scripts.ts'
import type { ChannelListener, RedisConnection, Script } from '../../src/fleet/redis-connection.ts'
import { claimWindow, forgetSeen, releaseWindow, settleWindow } from '../../src/fleet/window-scripts.ts'

/** How long a command waits for its answer, and how long silence lasts until a connection counts as broken, in milliseconds. */
const commandTimeoutMs = 1000
const silenceTimeoutMs = 3000

type Given = string | Buffer

/** A Redis in memory, on a clock that a test holds: what the scripts of the fleet do, by the same rules. */
export interface SimulatedRedis {
  /** @param latencyMs how long each message and each answer takes, in milliseconds; none overtakes another */
  connect(clock: Clock, latencyMs: () => number): SimulatedRedisLink
  /** Forgets all keys: it comes back empty. */
  forget(): void
  /** Puts the clock back that terms are taken from, by so many milliseconds. */
  putBack(ms: number): void
}

/** One replica's connection, which a test can cut. */
export interface SimulatedRedisLink extends RedisConnection {
  cut(): void
  mend(): void
  /** The server forgets what this replica is subscribed to, and tells nobody. */
  deafen(): void
}

interface Stored {
  readonly value: Given
  readonly untilMs: number
}

/** Makes one. Its own clock is the one that keys end by. */
export function createSimulatedRedis(serverClock: Clock): SimulatedRedis {
  const keys = new Map<string, Stored>()
  const links = new Set<(channel: string, bytes: Buffer) => void>()
  let behindMs = 0

  const stored = (key: string) => {
    const found = keys.get(key)
    if (found !== undefined && found.untilMs > serverClock.now()) return found
    keys.delete(key)
    return undefined
  }
  const set = (key: string, value: Given, forMs: Given) =>
    keys.set(key, { value, untilMs: serverClock.now() + Number(forMs) })
  const publish = (channel: string, bytes: Given) => {
    for (const link of [...links]) link(channel, Buffer.from(bytes))
  }
  const scripts = new Map<Script, (names: readonly string[], given: readonly Given[]) => unknown>([
    [
      claimLease,
      ([lease = ''], [who = '', forMs = '']) => {
        const holder = stored(lease)?.value
        if (holder !== undefined && holder !== who) return 0
        set(lease, who, forMs)
        return (serverClock.now() - behindMs) * 1000
      },
    ],
    [
      renewLease,
      ([lease = ''], [who = '', forMs = '']) => {
        if (stored(lease)?.value !== who) return 0
        set(lease, who, forMs)
        return 1
      },
    ],
    [releaseLease, ([lease = ''], [who]) => (stored(lease)?.value === who ? Number(keys.delete(lease)) : 0)],
    [
      tellUnderLease,
      ([lease = '', channel = ''], [who, message = '']) => {
        if (stored(lease)?.value !== who) return 0
        publish(channel, message)
        return 1
      },
    ],
    [
      claimWindow,
      ([window = '', seen = ''], [forMs = '', holder = '']) => {
        const taken = stored(window)
        if (taken === undefined) set(window, holder, forMs)
        return taken === undefined ? [] : [taken.untilMs - serverClock.now(), stored(seen)?.value ?? null]
      },
    ],
    [
      settleWindow,
      ([window = '', seen = ''], [forMs = '', holder = '', what]) => {
        set(window, holder, forMs)
        if (what !== undefined) set(seen, what, forMs)
      },
    ],
    [
      releaseWindow,
      ([window = ''], [holder]) => (stored(window)?.value === holder ? keys.delete(window) : false),
    ],
    [forgetSeen, ([seen = '']) => keys.delete(seen)],
  ])

  return {
    forget: () => keys.clear(),
    putBack(ms) {
      behindMs += ms
    },
    connect(clock, latencyMs) {
      /** What the server sends to this replica. */
      const subscribed = new Set<string>()
      /** As `@redis/client` does it, a listener is known once its subscription was answered, and the last one known takes it back. */
      const known = new Map<string, Set<ChannelListener>>()
      const unsubscribing = new Set<string>()
      const watchers = new Set<(isConnected: boolean) => void>()
      let isConnected = true
      let isCut = false
      let isClosed = false
      let arrivesAtMs = 0
      let answersAtMs = 0
      let subscribesAtMs = 0

      const setConnected = (now: boolean) => {
        if (now === isConnected || isClosed) return
        isConnected = now
        for (const onChange of watchers) onChange(now)
      }
      /** What was under way when the connection was cut is lost with it. */
      const later = (atMs: number, happen: () => void) =>
        clock.after(atMs - clock.now(), () => {
          if (!isCut && !isClosed) happen()
        })
      const toServer = (happen: () => void) => {
        arrivesAtMs = Math.max(arrivesAtMs, clock.now() + latencyMs())
        if (!isCut) later(arrivesAtMs, happen)
      }
      const toReplica = (happen: () => void) => {
        answersAtMs = Math.max(answersAtMs, clock.now() + latencyMs())
        if (!isCut) later(answersAtMs, happen)
      }
      /** Subscriptions have a connection of their own: they may overtake commands, and be overtaken. */
      const subscribing = (happen: () => void) => {
        subscribesAtMs = Math.max(subscribesAtMs, clock.now() + latencyMs())
        clock.after(subscribesAtMs - clock.now(), happen)
      }
      const tryAgain = () => {
        if (!isCut) setConnected(true)
      }
      const command = (run: () => unknown) =>
        new Promise<unknown>((resolve, reject) => {
          const timer = clock.after(commandTimeoutMs, () => {
            if (isClosed) return
            setConnected(false)
            clock.after(commandTimeoutMs, tryAgain)
            reject(new Error('no answer'))
          })
          const answer = (value: unknown) => {
            timer.cancel()
            resolve(value)
          }
          toServer(() => {
            const value = run()
            toReplica(() => answer(value))
          })
        })
      links.add((channel, bytes) => {
        if (!subscribed.has(channel)) return
        toReplica(() => {
          for (const { onMessage } of known.get(channel) ?? []) onMessage(bytes)
        })
      })
      return {
        run: (script, names, given) => command(() => scripts.get(script)?.(names, given)),
        publish: async (channel, bytes) => void (await command(() => publish(channel, bytes))),
        subscribe: (channel, listener) =>
          new Promise((resolve, reject) => {
            const learn = () => {
              known.set(channel, (known.get(channel) ?? new Set()).add(listener))
              resolve()
            }
            if (known.has(channel) && !unsubscribing.has(channel)) return learn()
            subscribing(() => {
              if (isCut || isClosed) return reject(new Error('the connection broke'))
              subscribed.add(channel)
              subscribing(learn)
            })
          }),
        unsubscribe(channel, listener) {
          const forget = () => {
            unsubscribing.delete(channel)
            known.get(channel)?.delete(listener)
            if (known.get(channel)?.size === 0) known.delete(channel)
          }
          const others = [...(known.get(channel) ?? [])].filter((one) => one !== listener)
          if (others.length > 0) return forget()
          unsubscribing.add(channel)
          subscribing(() => {
            subscribed.delete(channel)
            subscribing(forget)
          })
        },
        giveUp(channel) {
          const lost = known.get(channel) ?? []
          known.delete(channel)
          for (const { onLost } of lost) onLost()
        },
        isConnected: () => isConnected,
        watch: (onChange) => void watchers.add(onChange),
        async close() {
          isClosed = true
        },
        cut() {
          isCut = true
          clock.after(silenceTimeoutMs, () => {
            if (isCut) setConnected(false)
          })
        },
        mend() {
          isCut = false
          tryAgain()
        },
        deafen: () => subscribed.clear(),
      }
    },
  }
}

/** How often a lease is renewed, or tried for, while it lasts. */
export const beatsPerLease = 3

/** For how many leases a replica hears nothing of a channel, not even itself, until it takes it for lost. */
const deafLeases = 2

/** For how long nothing was heard of a channel, not even by who says something itself. */
export interface Silence {
  /** Something was heard. */
  end(): void
  /** Counts a beat. `silent`: it is time to say something. `deaf`: that was not heard, so nothing would be. */
  beat(): 'heard' | 'silent' | 'deaf'
}

/**
 * Notices that a channel is not heard any more, whoever has forgotten it: what is published comes back to who published it. It
 * counts beats, and not time: a process that was paused hears what was said meanwhile only behind its first beat.
 */
export function createSilence(): Silence {
  let beats = 0
  return {
    end() {
      beats = 0
    },
    beat() {
      beats += 1
      if (beats > deafLeases * beatsPerLease) return 'deaf'
      return beats === beatsPerLease + 1 ? 'silent' : 'heard'
    },
  }
}

import type { SamplyProfileUnavailableReason } from '../generated/resolvers.ts'
import type { AnalysedThread, ProfileAnalysis } from './analysis/analysis.ts'
import type { FlameGraphNode as Node } from './analysis/flame-graph.ts'
import type { HotFunction as Hot } from './analysis/hot-functions.ts'

/** Which profile is meant: a pipeline has one for each of its hosts. */
export interface ProfileKey {
  readonly pipelineName: string
  readonly ordinal: number
}

/** What is known of a profile only when all its bytes were read. */
export interface ProfileDigest {
  readonly sizeBytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** A profile that can be downloaded. */
export interface SamplyProfile extends ProfileKey {
  readonly __typename: 'SamplyProfile'
  readonly fileName: string
  readonly observedAt: string
  /** Undefined where nobody asked for it. */
  readonly digest: ProfileDigest | undefined
}

/** A profile that is being collected. */
export interface SamplyProfileInProgress extends ProfileKey {
  readonly __typename: 'SamplyProfileInProgress'
  /** Seconds, at least 1. */
  readonly retryAfter: number
  /** When Feldera said so, in milliseconds since the epoch. */
  readonly observedAtMs: number
}

/** A profile that is not there, and why. */
export interface SamplyProfileUnavailable extends ProfileKey {
  readonly __typename: 'SamplyProfileUnavailable'
  readonly reason: SamplyProfileUnavailableReason
  readonly message: string
  /** After how many seconds Feldera says to look again, where it does. */
  readonly retryAfter: number | undefined
}

/** An analysed profile, of which more can be asked. */
export interface SamplyProfileAnalysis extends ProfileKey, ProfileAnalysis {}

/** A thread of an analysed profile. */
export type SamplyThread = AnalysedThread

/** A function of an analysed profile, and what it costs. */
export type HotFunction = Hot

/** A node of a flame graph. */
export type FlameGraphNode = Node

/** What there is to say about a profile. */
export type SamplyProfileResult = SamplyProfile | SamplyProfileInProgress | SamplyProfileUnavailable

/** A collection that was started, or was under way. Undefined `started`: what it is now has to be asked. */
export interface StartSamplyProfilePayload extends ProfileKey {
  readonly started: SamplyProfileResult | undefined
}

/** Feldera says 0 while it still works on a profile; asking again at once would be a busy loop. */
export const minRetryAfterSeconds = 1

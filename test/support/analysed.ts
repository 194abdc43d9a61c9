import { analyse } from '../../src/samply-profiles/analysis/analyse.ts'
import type { ProfileAnalysis } from '../../src/samply-profiles/analysis/analysis.ts'
import { createProfileReader } from '../../src/samply-profiles/analysis/profile-reader.ts'
import { type DescribedProfile, processedProfile } from './processed-profile.ts'

/** Reads JSON as a thread does, in pieces of so many bytes, and analyses it. */
export function analysisOfJson(json: string, pieceBytes = 1000): ProfileAnalysis {
  const reader = createProfileReader()
  const bytes = Buffer.from(json)
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    reader.feed(bytes.subarray(from, from + pieceBytes))
  }
  return analyse(reader.end())
}

/** Writes a profile in a version of the format, reads and analyses it. */
export function analysisOf(profile: DescribedProfile, version = 57, pieceBytes?: number): ProfileAnalysis {
  return analysisOfJson(JSON.stringify(processedProfile(profile, version)), pieceBytes)
}

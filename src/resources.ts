import { jobs } from './jobs/index.ts'
import { pipelines } from './pipelines/index.ts'
import { profilingSessions } from './profiling-sessions/index.ts'
import type { ResourceFactory } from './resource.ts'
import { samplyProfiles } from './samply-profiles/index.ts'
import { uploadSessions } from './upload-sessions/index.ts'
import { viewer } from './viewer/index.ts'

/** Every resource of the graph: the only list to add a new one to. */
export const resources: readonly ResourceFactory[] = [
  jobs,
  profilingSessions,
  uploadSessions,
  pipelines,
  samplyProfiles,
  viewer,
]

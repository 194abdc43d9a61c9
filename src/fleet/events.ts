import type { Role } from './bus.ts'

/** What a replica of several tells of its place among them. Nobody has to listen: see {@link noFleetEvents}. */
export interface FleetEvents {
  /** Called when the role in one topic has changed. Undefined: before it joined the topic, and after it left. */
  onRole(before: Role | undefined, after: Role | undefined): void
}

/** Nobody listens. */
export const noFleetEvents: FleetEvents = { onRole() {} }

/** What watches tell of themselves. Nobody has to listen: see {@link noWatchEvents}. */
export interface WatchEvents {
  /**
   * Called when a caller's loop of a resource begins (1) or ends (-1).
   *
   * @param resource a resource's name
   */
  onWatches(resource: string, change: number): void
  /** Called when so many more things of a resource are followed, or fewer. */
  onFollowed(resource: string, change: number): void
}

/** Nobody listens. */
export const noWatchEvents: WatchEvents = { onWatches() {}, onFollowed() {} }

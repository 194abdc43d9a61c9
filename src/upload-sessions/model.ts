/** A resumable upload to Vault's file staging. */
export interface UploadSession {
  readonly id: string
  readonly path: string
  /** The last segment of the path. */
  readonly name: string
  readonly owner: string
  readonly createdDate: string
  readonly lastUploadedDate: string
  readonly expirationDate: string
  readonly uploadedParts: number
  /** Bytes of the whole file. */
  readonly size: number
  /** Bytes that have arrived. */
  readonly uploaded: number
  readonly observedAt: string
}

/** How much has arrived, from 0 to 1. An empty file has arrived. */
export function progressOf({ size, uploaded }: Pick<UploadSession, 'size' | 'uploaded'>): number {
  return size === 0 ? 1 : Math.min(1, uploaded / size)
}

/** The last segment of a path, also where the path ends in a slash. */
export function nameOf(path: string): string {
  return path.split('/').findLast((segment) => segment !== '') ?? path
}

/** A part of a file that has arrived. */
export interface UploadPart {
  /** Unique over all sessions. */
  readonly id: string
  readonly partNumber: number
  /** Bytes. */
  readonly size: number
  /** Hex. */
  readonly contentMd5: string | null
}

/** An upload that was committed. The job is read when asked for. */
export interface CommitUploadSessionPayload {
  readonly jobId: string
}

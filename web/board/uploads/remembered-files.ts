/** What of a file can be remembered over a reload: not the file, but whether it is the same. */
type FileMark = Pick<File, 'name' | 'size' | 'lastModified'>

const keyOf = (sessionId: string) => `vaultline-board upload ${sessionId}`

/** Remembers which file an upload sends. */
export function rememberFile(sessionId: string, { name, size, lastModified }: FileMark): void {
  localStorage.setItem(keyOf(sessionId), JSON.stringify({ name, size, lastModified } satisfies FileMark))
}

/** Whether this browser has begun an upload. */
export function isRemembered(sessionId: string): boolean {
  return localStorage.getItem(keyOf(sessionId)) !== null
}

/** Forgets it, when the upload is over. */
export function forgetFile(sessionId: string): void {
  localStorage.removeItem(keyOf(sessionId))
}

/**
 * Why a file cannot be the one whose upload is to go on; undefined where it may be. An upload that another browser has begun
 * is known by its name and size alone.
 */
export function whyNotTheSame(
  file: FileMark,
  session: { readonly id: string; readonly name: string; readonly size: number },
): string | undefined {
  const stored = localStorage.getItem(keyOf(session.id))
  const known: FileMark =
    stored === null ? { ...session, lastModified: file.lastModified } : JSON.parse(stored)
  if (file.size !== known.size) {
    return `${file.name} has ${file.size} bytes, and the file whose upload began has ${known.size}. Choose ${known.name}.`
  }
  if (file.lastModified !== known.lastModified) {
    return `${file.name} was changed since its upload began. Abort this upload and begin a new one.`
  }
  return undefined
}

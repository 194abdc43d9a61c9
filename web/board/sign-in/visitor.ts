import type { Viewer } from './viewer.ts'

/** Who is there. */
export type Visitor =
  | { readonly is: 'not asked yet' }
  /** Signed in, or where there is nothing to sign in to. The viewer is undefined where it is not known. */
  | { readonly is: 'let in'; readonly viewer: Viewer | undefined }
  /** Has to sign in; and whose session has ended, if one has. */
  | { readonly is: 'stranger'; readonly formerUserId: string | undefined }

/**
 * Who is there, after the gateway was asked.
 *
 * @param found null: nobody is signed in. Undefined: it could not be found out; the screens then say why.
 * @param mustSignIn whether there is a Vault that lets nobody in otherwise
 */
export function visitorAfter(
  before: Visitor,
  found: Viewer | null | undefined,
  mustSignIn: boolean,
): Visitor {
  const known = before.is === 'let in' ? before.viewer : undefined
  if (found === null && mustSignIn) {
    return before.is === 'stranger' ? before : { is: 'stranger', formerUserId: known?.userId }
  }
  if (found === undefined && before.is === 'stranger') return before
  return { is: 'let in', viewer: found ?? known }
}

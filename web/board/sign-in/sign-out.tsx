import type { ReactNode } from 'react'
import { useMutation } from 'urql'
import { SignOutDocument } from './operations.generated.ts'
import { useViewer } from './viewer.ts'

/** The way out. A session that came with a header, as of a proxy, has no end that is known, and is not the board's to end. */
export function SignOut(): ReactNode {
  const viewer = useViewer()
  const [{ fetching }, signOut] = useMutation(SignOutDocument)
  if (viewer === undefined || viewer.expiresAt === null) return null

  async function leave() {
    await signOut({})
    // Nothing that was read may stay.
    location.reload()
  }

  return (
    <button
      type="button"
      className="button"
      disabled={fetching}
      title={`User ${viewer.userId}`}
      onClick={leave}
    >
      Sign out
    </button>
  )
}

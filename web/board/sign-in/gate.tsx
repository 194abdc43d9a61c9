import { type ReactNode, useEffect, useState } from 'react'
import { configuration } from '../configuration.ts'
import { client } from '../gateway/client.ts'
import { onSessionEnd } from '../gateway/session-end.ts'
import { socket } from '../gateway/socket.ts'
import { ViewerDocument } from './operations.generated.ts'
import { SignInForm } from './sign-in-form.tsx'
import { type Viewer, ViewerContext } from './viewer.ts'
import { type Visitor, visitorAfter } from './visitor.ts'

const { hasVault, sandbox } = configuration
const firstVisitor: Visitor = hasVault ? { is: 'not asked yet' } : { is: 'let in', viewer: undefined }

/** Lets through who is signed in, and everybody where there is nothing to sign in to. Others get the form. */
export function Gate({
  frame,
  children,
}: {
  /** Writes what is around the form. */
  readonly frame: (form: ReactNode) => ReactNode
  readonly children: ReactNode
}): ReactNode {
  const [visitor, setVisitor] = useState(firstVisitor)
  useEffect(() => {
    const ask = async () => {
      const found = await askViewer()
      setVisitor((before) => visitorAfter(before, found, hasVault && !sandbox))
    }
    if (hasVault) void ask()
    return onSessionEnd(ask)
  }, [])
  if (visitor.is === 'not asked yet') return null
  if (visitor.is === 'let in') return <ViewerContext value={visitor.viewer}>{children}</ViewerContext>
  const { formerUserId } = visitor
  const onSignedIn = (viewer: Viewer) => {
    // An open connection has the cookie of before.
    socket.terminate()
    if (formerUserId === undefined || formerUserId === viewer.userId) setVisitor({ is: 'let in', viewer })
    // What the page has read belongs to somebody else.
    else location.reload()
  }
  return frame(<SignInForm hasEnded={formerUserId !== undefined} onSignedIn={onSignedIn} />)
}

/** Undefined: it could not be found out. */
async function askViewer(): Promise<Viewer | null | undefined> {
  const { data, error } = await client.query(ViewerDocument, {}, { requestPolicy: 'network-only' })
  return error === undefined ? data?.viewer : undefined
}

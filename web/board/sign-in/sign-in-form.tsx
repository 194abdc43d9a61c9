import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useMutation } from 'urql'
import { problemsOf } from '../gateway/problem.ts'
import { Problems } from '../shell/problems.tsx'
import { ScreenTitle } from '../shell/screen-title.tsx'
import { SignInDocument } from './operations.generated.ts'
import type { Viewer } from './viewer.ts'
import './sign-in.css'

/** Signs in at Vault. The gateway keeps the session; the page never has it. */
export function SignInForm({
  hasEnded,
  onSignedIn,
}: {
  /** Whether a session of before has ended. */
  readonly hasEnded: boolean
  readonly onSignedIn: (viewer: Viewer) => void
}): ReactNode {
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [{ fetching, error }, signIn] = useMutation(SignInDocument)
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])

  async function submit(event: FormEvent) {
    event.preventDefault()
    const { data } = await signIn({ input: { username, password } })
    setPassword('')
    if (data?.signIn) onSignedIn(data.signIn.viewer)
  }

  return (
    <form className="card sign-in" aria-labelledby="sign-in" onSubmit={submit}>
      <ScreenTitle id="sign-in">Sign in</ScreenTitle>
      {hasEnded ? (
        <p role="alert">Your session has ended. Sign in again to go on.</p>
      ) : (
        <p className="quiet">With your name and password for Vault. This page keeps neither.</p>
      )}
      <label className="label">
        User name
        <input
          ref={first}
          className="field"
          autoComplete="username"
          required
          value={username}
          onChange={({ currentTarget }) => setUsername(currentTarget.value)}
        />
      </label>
      <label className="label">
        Password
        <input
          className="field"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
      </label>
      <Problems of={problemsOf(error)} />
      <button type="submit" className="button button-main" disabled={fetching}>
        {fetching ? 'Signing in…' : 'Sign in'}
      </button>
    </form>
  )
}

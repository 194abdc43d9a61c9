import { type ReactNode, useEffect, useState } from 'react'
import type { Problem } from '../gateway/problem.ts'

/** What went wrong, in the gateway's words, with its code for whoever reports it. Nothing where nothing did. */
export function Problems({
  of: problems,
  onRetry,
}: {
  readonly of: readonly Problem[]
  readonly onRetry?: () => void
}): ReactNode {
  if (problems.length === 0) return null
  const waits = problems.flatMap(({ retryAfter }) => retryAfter ?? [])
  return (
    <div className="problems" role="alert">
      {distinct(problems).map(({ message, code }) => (
        <p key={`${code} ${message}`}>
          {message} {code !== undefined && <code>{code}</code>}
        </p>
      ))}
      <Retry key={waits.join()} after={Math.max(0, ...waits)} onRetry={onRetry} />
    </div>
  )
}

/** Sixteen tasks that fail for one reason are one problem. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.message}`, problem])).values()]
}

/** When it is worth another try, and the button for it, where there is something to press. */
function Retry({
  after,
  onRetry,
}: {
  readonly after: number
  readonly onRetry: (() => void) | undefined
}): ReactNode {
  const [seconds, setSeconds] = useState(after)
  useEffect(() => {
    if (seconds <= 0) return
    const timer = setTimeout(() => setSeconds(seconds - 1), 1000)
    return () => clearTimeout(timer)
  }, [seconds])
  const text = seconds > 0 ? `Try again in ${seconds} s` : 'Try again'
  if (onRetry === undefined) return after > 0 && <p aria-live="off">{text}.</p>
  return (
    <button type="button" className="button" disabled={seconds > 0} aria-live="off" onClick={onRetry}>
      {text}
    </button>
  )
}

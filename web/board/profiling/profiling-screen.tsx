import { lazy, type ReactNode } from 'react'
import './profiling.css'
import { SessionList } from './session-list.tsx'

const SessionResults = lazy(async () => ({
  default: (await import('../results/session-results.tsx')).SessionResults,
}))

/** The profiling sessions of Vault's Java SDK: all of them, or the results of one. */
export function ProfilingScreen({ name }: { readonly name: string | undefined }): ReactNode {
  return name === undefined ? <SessionList /> : <SessionResults key={name} name={name} />
}

import type { ReactNode } from 'react'
import './profiling.css'
import { SessionList } from './session-list.tsx'

/** The profiling sessions of Vault's Java SDK: all of them, or the results of one. */
export function ProfilingScreen(_: { readonly name: string | undefined }): ReactNode {
  return <SessionList />
}

import type { ReactNode } from 'react'
export function ProfilingScreen(_: { readonly name?: string | undefined }): ReactNode {
  return <h1 tabIndex={-1}>Profiling</h1>
}

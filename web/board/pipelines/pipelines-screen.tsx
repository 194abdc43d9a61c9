import type { ReactNode } from 'react'
export function PipelinesScreen(_: { readonly name?: string | undefined }): ReactNode {
  return <h1 tabIndex={-1}>Pipelines</h1>
}

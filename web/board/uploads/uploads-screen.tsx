import type { ReactNode } from 'react'
export function UploadsScreen(_: { readonly name?: string | undefined }): ReactNode {
  return <h1 tabIndex={-1}>Uploads</h1>
}

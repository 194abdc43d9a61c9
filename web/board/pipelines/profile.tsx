import type { ReactNode } from 'react'
import { ProfileLinks } from './profile-links.tsx'

/** A profile that is there: what it shows, and where else to look at it. */
export function Profile({ name }: { readonly name: string }): ReactNode {
  return <ProfileLinks name={name} />
}

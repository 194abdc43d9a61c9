import { createContext, useContext } from 'react'
import type { ViewerQuery } from './operations.generated.ts'

/** Who is signed in. */
export type Viewer = NonNullable<ViewerQuery['viewer']>

/** Undefined: not known, since there is no Vault or it does not answer. */
export const ViewerContext = createContext<Viewer | undefined>(undefined)

/** Who is signed in, as a hook. */
export const useViewer = () => useContext(ViewerContext)

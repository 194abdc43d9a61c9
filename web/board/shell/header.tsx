import type { ReactNode } from 'react'
import mark from '../../favicon.svg'
import { SignOut } from '../sign-in/sign-out.tsx'
import { ConnectionState } from './connection-state.tsx'
import { linkTo, type ScreenName, screenNames } from './route.ts'

const titles: Record<ScreenName, string> = {
  jobs: 'Jobs',
  uploads: 'Uploads',
  profiling: 'Profiling',
  pipelines: 'Pipelines',
}

/** Where one is, where one can go, and whether what one sees is live. */
export function Header({ screen }: { readonly screen: ScreenName | undefined }): ReactNode {
  return (
    <header className="header">
      <a className="brand" href={linkTo('jobs')}>
        <img src={mark} alt="" width="26" height="26" />
        Vaultline
      </a>
      {screen !== undefined && (
        <nav aria-label="Screens" className="screens">
          {screenNames.map((name) => (
            <a key={name} href={linkTo(name)} aria-current={name === screen ? 'page' : undefined}>
              {titles[name]}
            </a>
          ))}
        </nav>
      )}
      <div className="header-end">
        {screen !== undefined && <ConnectionState />}
        <a className="quiet-link" href="graphql">
          GraphiQL
        </a>
        <SignOut />
      </div>
    </header>
  )
}

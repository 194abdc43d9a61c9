import type { ReactNode } from 'react'
import mark from '../../favicon.svg'
import { ConnectionState } from './connection-state.tsx'
import { linkTo, type ScreenName, screenNames } from './route.ts'

const titles: Record<ScreenName, string> = {
  jobs: 'Jobs',
  uploads: 'Uploads',
  profiling: 'Profiling',
  pipelines: 'Pipelines',
}

/** Where one is, where one can go, and whether what one sees is live. */
export function Header({ screen }: { readonly screen: ScreenName }): ReactNode {
  return (
    <header className="header">
      <a className="brand" href={linkTo('jobs')}>
        <img src={mark} alt="" width="26" height="26" />
        Vaultline
      </a>
      <nav aria-label="Screens" className="screens">
        {screenNames.map((name) => (
          <a key={name} href={linkTo(name)} aria-current={name === screen ? 'page' : undefined}>
            {titles[name]}
          </a>
        ))}
      </nav>
      <div className="header-end">
        <ConnectionState />
        <a className="quiet-link" href="graphql">
          GraphiQL
        </a>
      </div>
    </header>
  )
}

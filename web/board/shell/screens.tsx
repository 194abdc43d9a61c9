import { lazy, type ReactNode, Suspense } from 'react'
import { configuration } from '../configuration.ts'
import { JobsScreen } from '../jobs/jobs-screen.tsx'
import { Gate } from '../sign-in/gate.tsx'
import { Announcer } from './announcer.tsx'
import { Boundary } from './boundary.tsx'
import { Header } from './header.tsx'
import type { Route, ScreenName } from './route.ts'
import { useRoute } from './use-route.ts'
import './shell.css'

const UploadsScreen = lazy(async () => ({
  default: (await import('../uploads/uploads-screen.tsx')).UploadsScreen,
}))
const ProfilingScreen = lazy(async () => ({
  default: (await import('../profiling/profiling-screen.tsx')).ProfilingScreen,
}))
const PipelinesScreen = lazy(async () => ({
  default: (await import('../pipelines/pipelines-screen.tsx')).PipelinesScreen,
}))

/** The board: the screen that the address asks for, for who may see it. */
export function Screens(): ReactNode {
  const route = useRoute()
  return (
    <>
      <button type="button" className="skip-link" onClick={skip}>
        Skip to the content
      </button>
      {configuration.sandbox && <SandboxBanner />}
      <Gate frame={(form) => <Frame>{form}</Frame>}>
        <Frame screen={route.screen}>
          <Boundary key={route.screen}>
            <Suspense fallback={<p className="quiet">Loading…</p>}>
              <Screen {...route} />
            </Suspense>
          </Boundary>
        </Frame>
      </Gate>
      <Announcer />
    </>
  )
}

/** What is around each screen. */
function Frame({
  screen,
  children,
}: {
  readonly screen?: ScreenName | undefined
  readonly children: ReactNode
}): ReactNode {
  return (
    <>
      <Header screen={screen} />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  )
}

/** A button and no link, since the address names the screen. */
function skip(): void {
  document.getElementById('main')?.focus()
}

function Screen({ screen, item }: Route): ReactNode {
  switch (screen) {
    case 'jobs':
      return <JobsScreen />
    case 'uploads':
      return <UploadsScreen />
    case 'profiling':
      return <ProfilingScreen name={item} />
    case 'pipelines':
      return <PipelinesScreen name={item} />
  }
}

function SandboxBanner(): ReactNode {
  return (
    <aside className="sandbox-banner" aria-label="Sandbox">
      <strong>Sandbox.</strong> The data is made up by the gateway, and it moves.
    </aside>
  )
}

import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react'
import { configuration } from '../configuration.ts'
import { JobsScreen } from '../jobs/jobs-screen.tsx'
import { Gate } from '../sign-in/gate.tsx'
import { Announcer } from './announcer.tsx'
import { Header } from './header.tsx'
import { type Route, type ScreenName, useRoute } from './route.ts'
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
          <Suspense fallback={<p className="quiet">Loading…</p>}>
            <Screen {...route} />
          </Suspense>
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
  useFocusOnChange(`${screen}/${item ?? ''}`)
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

/** Who goes to another screen is taken to its heading, as by a page that is loaded. */
function useFocusOnChange(place: string): void {
  const last = useRef(place)
  useEffect(() => {
    if (last.current === place) return
    last.current = place
    document.querySelector<HTMLElement>('main h1')?.focus()
    scrollTo({ top: 0 })
  }, [place])
}

function SandboxBanner(): ReactNode {
  return (
    <aside className="sandbox-banner" aria-label="Sandbox">
      <strong>Sandbox.</strong> The data is made up by the gateway, and it moves.
    </aside>
  )
}

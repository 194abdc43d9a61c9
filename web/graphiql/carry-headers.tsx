import { useGraphiQL } from '@graphiql/react'
import { useEffect, useRef } from 'react'

/**
 * Takes the credentials along when the reader turns to a tab that has had none. GraphiQL keeps headers for each
 * tab, and they are stored nowhere: without this, a session id would have to be pasted into every tab. It is
 * written into the header editor, so that what is sent can be seen, and a tab whose headers the reader takes out
 * stays without.
 *
 * @param defaultHeaders what GraphiQL writes into a tab that has none.
 */
export function CarryHeaders({ defaultHeaders }: { defaultHeaders: string }): null {
  const editor = useGraphiQL(({ headerEditor }) => headerEditor)
  const tabId = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.id)
  const headers = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.headers ?? '')
  const latest = useRef(defaultHeaders)
  const shownTab = useRef(tabId)
  const tabsWithHeaders = useRef(new Set<string | undefined>())
  useEffect(() => {
    const turned = shownTab.current !== tabId
    shownTab.current = tabId
    if (headers !== '' && headers !== defaultHeaders) {
      latest.current = headers
      tabsWithHeaders.current.add(tabId)
    } else if (turned && !tabsWithHeaders.current.has(tabId)) {
      editor?.setValue(latest.current)
    }
  }, [tabId, headers, editor, defaultHeaders])
  return null
}

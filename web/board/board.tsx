import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import { client } from './gateway/client.ts'
import './look/look.css'
import { Screens } from './shell/screens.tsx'
import { ignoreStrayDrops } from './shell/stray-drops.ts'

const root = document.getElementById('board')
if (root === null) throw new Error('The page has no element #board')

ignoreStrayDrops()
createRoot(root).render(
  <StrictMode>
    <Provider value={client}>
      <Screens />
    </Provider>
  </StrictMode>,
)

import { z } from 'zod'

/** A browser's view of a gateway: it keeps the cookie that it is handed, and says where its page is from. */
export interface FakeBrowser {
  /** What goes along with each request; a test may add to it or take from it. */
  headers(): Readonly<Record<string, string>>
  /** Sends a document by POST, as a page of the gateway does. */
  ask(query: string, options?: AskOptions): Promise<BrowserAnswer>
}

interface AskOptions {
  readonly variables?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** What a page is answered. */
export interface BrowserAnswer {
  /** Undefined where nothing was run. */
  readonly data?: unknown
  readonly errors: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[]
  /** The `Set-Cookie` of the answer. */
  readonly setCookie: string | undefined
}

/** What a user types who is in every sandbox. */
export const ada = { username: 'ada@sandbox.example', password: 'sandbox' }

/** Signs in, and asks for all that a viewer has. */
export const signInDocument = `mutation ($input: SignInInput!) {
  signIn(input: $input) { viewer { userId vaultId expiresAt } }
}`

const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.record(z.string(), z.unknown()) }))
    .default([]),
})

/** Opens a browser that has no cookie yet. */
export function openBrowser(gateway: { readonly url: string }): FakeBrowser {
  let cookie: string | undefined
  const headers = () => ({ origin: gateway.url, ...(cookie === undefined ? {} : { cookie }) })
  return {
    headers,
    async ask(query, { variables = {}, headers: more = {} } = {}) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { ...headers(), 'content-type': 'application/json', ...more },
        body: JSON.stringify({ query, variables }),
      })
      const setCookie = response.headers.getSetCookie()[0]
      if (setCookie !== undefined) cookie = keptCookie(setCookie)
      return { setCookie, ...answerSchema.parse(await response.json()) }
    },
  }
}

function keptCookie(setCookie: string): string | undefined {
  return /Max-Age=0/.test(setCookie) ? undefined : setCookie.slice(0, setCookie.indexOf(';'))
}

/**
 * Opens a browser and signs it in.
 *
 * @throws where it cannot sign in
 */
export async function signedIn(
  gateway: { readonly url: string },
  input: Readonly<Record<string, string>> = ada,
): Promise<FakeBrowser> {
  const browser = openBrowser(gateway)
  const { errors } = await browser.ask(signInDocument, { variables: { input } })
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return browser
}

/** A sandbox's answer, its JSON body read. */
export interface HttpAnswer {
  status: number
  headers: Headers
  /** The parsed body; undefined when it is empty or no JSON. */
  body: unknown
}

/** Asks a sandbox service, as the demo user unless told otherwise; `authorization: null` sends none. */
export async function ask(
  service: { url: string },
  path: string,
  options: { method?: string; authorization?: string | null; form?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  const { method = 'GET', authorization = 'sandbox-demo', form } = options
  const headers: Record<string, string> = authorization === null ? {} : { authorization }
  const body = form === undefined ? null : new URLSearchParams(form)
  const response = await fetch(service.url + path, { method, headers, body, redirect: 'manual' })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: parse(text) }
}

/** What a JSON value holds under these keys, one below the other; undefined when there is no such thing. */
export function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  let current = value
  for (const key of keys) {
    if (typeof current !== 'object' || current === null) return undefined
    current = Reflect.get(current, key)
  }
  return current
}

/** The elements of a JSON array under these keys. */
export function listAt(value: unknown, ...keys: readonly (string | number)[]): unknown[] {
  const found = at(value, ...keys)
  return Array.isArray(found) ? found : []
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

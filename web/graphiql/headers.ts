/**
 * Reads the object in the header editor. What is empty is left out, so that a reader may leave the entries that
 * they have no credential for.
 *
 * @throws where a name is no header's name or a value is not text.
 */
export function readHeaders(written: Readonly<Record<string, unknown>> = {}): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(written)) {
    if (typeof value !== 'string') throw new TypeError(`The value of the header "${name}" must be a string.`)
    if (value.trim() !== '') headers.set(name, value)
  }
  return headers
}

/** The same credentials as a WebSocket carries them, since a page cannot set headers on one. */
export function connectionParams(headers: Headers): Record<string, string> {
  const params = {
    authorization: headers.get('authorization') ?? '',
    felderaAuthorization: headers.get('feldera-authorization') ?? '',
  }
  return Object.fromEntries(Object.entries(params).filter(([, credential]) => credential !== ''))
}

/** What a sandbox service answers to one call, before it goes on the wire. */
export interface Answer {
  status: number
  headers: Record<string, string>
  /** Left out: an empty body. */
  body?: string | Uint8Array
  /** Sent without `Content-Length`, as a stream whose length the server does not know. Default: false. */
  chunked?: boolean
}

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(body),
  }
}

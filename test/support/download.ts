import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request } from 'node:http'

/** What to send. */
export interface DownloadOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A file, or the error in its place. */
export interface DownloadAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Whether the answer came to its proper end, as HTTP tells it. */
  readonly isWhole: boolean
  /** `extensions.code` of the first error; undefined where the body is not in the form of errors. */
  readonly code: unknown
}

/** Sends a request whose path goes out just as it is given, dots and all; resolves when the headers are there. */
export function openDownload(
  gateway: { readonly url: string },
  path: string,
  { method = 'GET', headers = {} }: DownloadOptions = {},
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(gateway.url)
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method, headers, agent: false }, resolve).on('error', reject).end()
  })
}

/**
 * Downloads to the end, or to where the answer breaks off.
 *
 * @param address a path on the gateway, or an address that the gateway gave, whose host is left out
 */
export async function download(
  gateway: { readonly url: string },
  address: string,
  options: DownloadOptions = {},
): Promise<DownloadAnswer> {
  const path = address.replace(/^https?:\/\/[^/]+/, '')
  return readDownload(await openDownload(gateway, path, options))
}

/** Reads what has been opened. */
export async function readDownload(response: IncomingMessage): Promise<DownloadAnswer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk)
  } catch {
    // Told by `isWhole`.
  }
  const body = Buffer.concat(chunks)
  const { statusCode = 0, headers, complete } = response
  return { status: statusCode, headers, body, isWhole: complete, code: codeOf(body) }
}

function codeOf(body: Buffer): unknown {
  if (body[0] !== 0x7b) return undefined
  try {
    return JSON.parse(String(body)).errors?.[0]?.extensions?.code
  } catch {
    return undefined
  }
}

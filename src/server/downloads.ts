import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../core/identity.ts'
import type { SealedLinks } from '../core/sealed-links.ts'
import type { Download, DownloadFile } from '../resource.ts'
import type { FileStream } from '../upstream/file-stream.ts'
import type { HttpServer } from './http.ts'
import type { Identification } from './identification.ts'
import { requestSignal } from './request-signal.ts'
import { boundReading } from './slow-reader.ts'

/** The one other origin whose page opens profiles: the Firefox Profiler fetches them into the browser. */
export const profilerOrigin = 'https://profiler.firefox.com'

/** What the routes of files need. */
export interface DownloadRoutesOptions {
  readonly downloads: readonly Download[]
  readonly links: SealedLinks
  readonly identification: Identification
  readonly stopping: AbortSignal
}

interface DownloadRequest {
  Params: Record<string, string>
  Querystring: Record<string, unknown>
}

/** Adds the routes that stream files: with the caller's credentials, or with the sealed token of a link. */
export function addDownloadRoutes(http: HttpServer, options: DownloadRoutesOptions): void {
  for (const download of options.downloads) {
    http.get<DownloadRequest>(download.route, async (request, reply) => {
      const signal = requestSignal(reply, options.stopping)
      const file = download.fileAt(request.params, request.query)
      const access = await accessOf(request, download, file, options)
      await send(await file.open(access, signal), headersOf(download, request), request, reply)
    })
  }
}

/** Whether a request is for a file, with the token of a link. Such an answer the Firefox Profiler may read. */
export function opensLink({ url, query }: FastifyRequest, downloads: readonly Download[]): boolean {
  const isDownload = downloads.some(({ route }) => url.startsWith(route.slice(0, route.indexOf(':'))))
  return isDownload && tokenOf(query) !== undefined
}

function tokenOf(query: unknown): string | undefined {
  if (typeof query !== 'object' || query === null || !('token' in query)) return undefined
  return typeof query.token === 'string' ? query.token : undefined
}

async function accessOf(
  { query, headers }: FastifyRequest,
  { service }: Download,
  file: DownloadFile,
  { links, identification }: DownloadRoutesOptions,
): Promise<Access> {
  const token = tokenOf(query)
  const caller =
    token === undefined
      ? (await identification.senderOf(headers)).caller
      : identification.callerOf(await links.open(file.link, token))
  return caller[service]()
}

interface DownloadHeaders extends Readonly<Record<string, string>> {
  readonly disposition: 'attachment' | 'inline'
}

/** A picture may draw, and do nothing else: names in it come from the program that was profiled. */
const pictureHeaders = {
  disposition: 'inline',
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
} as const

/** Any page may show the picture of a link: who has the link has the picture. */
function headersOf({ isPicture = false }: Download, { query }: FastifyRequest): DownloadHeaders {
  if (!isPicture) return { disposition: 'attachment' }
  const isLink = tokenOf(query) !== undefined
  return isLink ? { ...pictureHeaders, 'cross-origin-resource-policy': 'cross-origin' } : pictureHeaders
}

/**
 * Hands the bytes through as fast as the client takes them. Where either side breaks off, so does the other: the
 * answer then ends without its last chunk, by which the client knows that it is not whole.
 */
async function send(
  file: FileStream,
  { disposition, ...headers }: DownloadHeaders,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  reply.hijack()
  const { raw } = reply
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200, {
    'content-type': file.contentType,
    'content-disposition': `${disposition}; filename="${file.fileName}"`,
    ...headers,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
  boundReading(raw)
  try {
    await pipeline(Readable.fromWeb(file.stream), raw)
  } catch (err) {
    request.log.info({ reqId: request.id, err }, 'a download broke off')
    raw.destroy()
  }
}

import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { badRequest, badUserInput, type GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/time.ts'
import type { Upload } from '../resource.ts'
import { createArmsLengthBody } from './arms-length-body.ts'
import { inviteBody } from './body-invitation.ts'
import { type HttpServer, sendError } from './http.ts'
import type { Identification } from './identification.ts'
import { requestSignal } from './request-signal.ts'

/**
 * The largest body of known length, in bytes, that is let go by so that its client gets the answer that it is too large:
 * a whole file where a part was wanted. Node's `fetch`, for one, mostly fails with EPIPE where the connection closes first.
 */
const maxRefusedBodySizeBytes = 1_000_000_000

/** What the routes of uploads need. */
export interface UploadRoutesOptions {
  readonly uploads: readonly Upload[]
  readonly identification: Identification
  readonly stopping: AbortSignal
  readonly clock: Clock
}

interface UploadRequest {
  Params: Record<string, string>
}

/** Adds the routes that stream the body of a `PUT` to an upstream. Its size must be known beforehand. */
export function addUploadRoutes(http: HttpServer, options: UploadRoutesOptions): void {
  // Not awaited: it is loaded when the server starts, with all hooks that were added to the server until then.
  http.register(async (scope) => {
    // A file is bytes, whatever its type is said to be; Fastify would refuse a type that is none.
    scope.addHook('onRequest', async ({ headers }) => {
      delete headers['content-type']
    })
    scope.removeAllContentTypeParsers()
    // The body stays where it is until somebody reads it.
    scope.addContentTypeParser('*', (_request, _body, done) => done(null))
    for (const upload of options.uploads) {
      scope.put<UploadRequest>(upload.route, { config: { takesFile: true } }, (request, reply) =>
        take(upload, request, reply, options),
      )
    }
  })
}

async function take(
  upload: Upload,
  { headers, params, raw }: FastifyRequest<UploadRequest>,
  reply: FastifyReply,
  { identification, stopping, clock }: UploadRoutesOptions,
): Promise<unknown> {
  const body = createArmsLengthBody(raw, clock)
  const sizeBytes = lengthOf(headers)
  if (sizeBytes === undefined) return refuseUnread(reply, badRequest(noLength), 411)
  if (sizeBytes > upload.maxSizeBytes) {
    const error = badUserInput(tooLarge(sizeBytes, upload.maxSizeBytes))
    if (sizeBytes > maxRefusedBodySizeBytes) return refuseUnread(reply, error, 413)
    body.release()
    return sendError(reply, error, 413)
  }
  const signal = requestSignal(reply, stopping)
  try {
    const { caller } = await identification.senderOf(headers)
    const access = caller[upload.service]()
    const contentMd5 = textOf(headers['content-md5'])
    const open = () => {
      inviteBody(raw, reply.raw)
      return body.open()
    }
    return await upload.take(access, params, { sizeBytes, contentMd5, open }, signal)
  } finally {
    body.release()
  }
}

const noLength =
  'An upload needs the header `Content-Length`: send a whole Blob, File or buffer, and not a stream.'
const tooLarge = (sizeBytes: number, maxSizeBytes: number) =>
  `The body has ${sizeBytes} bytes, and ${maxSizeBytes} is the most that one part may have. Cut the file into smaller parts.`

/** Such a body may be without end, or as good as that, so nobody waits for it: the connection closes behind the answer. */
function refuseUnread(reply: FastifyReply, error: GatewayError, status: number): FastifyReply {
  return sendError(reply.header('connection', 'close'), error, status)
}

/** Undefined where the body comes in chunks, or there is no telling. */
function lengthOf(headers: IncomingHttpHeaders): number | undefined {
  const text = headers['content-length'] ?? ''
  return headers['transfer-encoding'] === undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

const textOf = (header: string | string[] | undefined) => (typeof header === 'string' ? header : undefined)

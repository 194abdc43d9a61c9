import type { AnswerHeaders } from './answer-headers.ts'
import type { UpstreamFile } from './http-client.ts'

/** A file that is streamed from an upstream through to the client. */
export interface FileStream {
  readonly contentType: string
  readonly fileName: string
  readonly stream: ReadableStream<Uint8Array>
}

/** The longest file name that is handed on. */
const maxFileNameLength = 200

/** Takes an opened answer for a file. The name is the one that the upstream proposes, made harmless. */
export function fileStreamOf(
  answer: UpstreamFile,
  { contentType, fileName }: Omit<FileStream, 'stream'>,
): FileStream {
  return {
    contentType,
    fileName: proposedFileName(answer.headers) ?? fileName,
    stream: answer.stream,
  }
}

/**
 * Reads the file name out of `Content-Disposition` (RFC 6266). Directories and whatever could end a header or a
 * quoted text are taken out.
 *
 * @returns undefined where there is none
 */
export function proposedFileName(headers: AnswerHeaders): string | undefined {
  const disposition = headers.get('content-disposition') ?? ''
  const [, quoted, bare] = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(disposition) ?? []
  const name = (quoted ?? bare)?.replaceAll(/^.*[\\/]|[^\w.:+ ()-]/g, '').slice(0, maxFileNameLength)
  return name === undefined || /^\.*$/.test(name) ? undefined : name
}

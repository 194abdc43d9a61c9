import type { Upload } from '../resource.ts'
import { throwIfUnknown } from '../upstream/vault.ts'
import type { Watches } from '../watch/watch.ts'
import type { UploadSessionsClient } from './client.ts'
import type { UploadSession } from './model.ts'
import { checkPart, maxPartSizeBytes, partNumberOf } from './part-rules.ts'
import { unknownSession, writeFailure } from './refusals.ts'

/** `PUT /upload-sessions/{id}/parts/{partNumber}`: a part of a file on its way to Vault. */
export function partUpload(client: UploadSessionsClient, watches: Watches<UploadSession>): Upload {
  return {
    route: '/upload-sessions/:id/parts/:partNumber',
    service: 'vault',
    maxSizeBytes: maxPartSizeBytes,
    async take(access, { id = '', partNumber: text = '' }, { sizeBytes, contentMd5, open }, signal) {
      const partNumber = partNumberOf(text)
      const unknown = throwIfUnknown((refusal) => unknownSession(id, refusal))
      const session = await client.one(access, id, signal).catch(unknown)
      await checkPart(session, { partNumber, sizeBytes }, async () => {
        const parts = await client.parts(access, id, signal)
        return parts
          .filter((part) => part.partNumber < partNumber)
          .reduce((bytes, { size }) => bytes + size, 0)
      })
      try {
        const part = { partNumber, sizeBytes, contentMd5, body: open() }
        const { size, contentMd5: md5 } = await client.sendPart(access, id, part, signal)
        return { partNumber, size, contentMd5: md5 }
      } catch (error) {
        throw await writeFailure(client, access, id, error)
      } finally {
        watches.lookAgain(access, id)
      }
    },
  }
}

import { badUserInput, conflict } from '../core/errors.ts'
import type { UploadSession } from './model.ts'

/** The most parts of one upload (API reference, Upload to a Session). */
export const maxParts = 2000

/** The least that a part may have, in bytes, but for the last one. Vault says 5 MB, and not which; this is the smaller. */
export const minPartSizeBytes = 5_000_000

/** The most that a part may have, in bytes. Vault says 50 MB, and not which; this is the larger. */
export const maxPartSizeBytes = 50 * 1024 * 1024

/**
 * Reads the number of a part out of a path.
 *
 * @throws GatewayError BAD_USER_INPUT
 */
export function partNumberOf(text: string): number {
  const partNumber = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (partNumber >= 1 && partNumber <= maxParts) return partNumber
  throw badUserInput(
    `A part's number is from 1 to ${maxParts}, in the order of the file; “${text.slice(0, 40)}” is none.`,
  )
}

/**
 * Refuses a part that Vault would not take, before a byte of it is sent.
 *
 * @param bytesBefore tells how many bytes the parts before this one have; asked for only where it matters
 * @throws GatewayError BAD_USER_INPUT for the size, CONFLICT where a part before it is missing
 */
export async function checkPart(
  { size, uploaded, uploadedParts }: UploadSession,
  { partNumber, sizeBytes }: { readonly partNumber: number; readonly sizeBytes: number },
  bytesBefore: () => Promise<number>,
): Promise<void> {
  if (partNumber > uploadedParts + 1) {
    throw conflict(
      `Vault takes parts in order only: ${uploadedParts} have arrived, so part ${uploadedParts + 1} is next, not ${partNumber}.`,
    )
  }
  const isNext = partNumber === uploadedParts + 1
  const isSmall = sizeBytes < minPartSizeBytes
  // A large part that is sent again may have another size than before: how the rest then fits is Vault's to say.
  const before = isNext ? uploaded : isSmall ? await bytesBefore() : 0
  const missing = size - before
  if (sizeBytes > missing) {
    throw badUserInput(
      `Part ${partNumber} has ${sizeBytes} bytes, but only ${missing} of the file's ${size} are left for it.`,
    )
  }
  if (isSmall && sizeBytes < missing) {
    throw badUserInput(
      `Part ${partNumber} has ${sizeBytes} bytes. A part has ${minPartSizeBytes} to ${maxPartSizeBytes}, and only the last one less; this is not the last, since ${missing} are missing.`,
    )
  }
  if (sizeBytes === 0 && size > 0) throw badUserInput(`Part ${partNumber} is empty.`)
}

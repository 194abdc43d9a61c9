/** The size of a part where nothing speaks against it: 5 MiB, the least that Vault takes. */
const usualPartSizeBytes = 5_242_880
/** How many parts Vault takes of one file. */
const maxParts = 2000

/** How far an upload has come. */
export interface Arrived {
  /** Of the whole file, in bytes. */
  readonly size: number
  readonly uploaded: number
  readonly uploadedParts: number
}

/** A piece of a file to send. */
export interface Part {
  /** Counted from 1. */
  readonly partNumber: number
  /** Its first byte, and the one behind its last. */
  readonly start: number
  readonly end: number
}

/** The parts that are still to be sent. All of a file have one size but the last, so those that have arrived tell it. */
export function missingParts({ size, uploaded, uploadedParts }: Arrived): readonly Part[] {
  const partSizeBytes =
    uploadedParts > 0 ? uploaded / uploadedParts : Math.max(usualPartSizeBytes, Math.ceil(size / maxParts))
  const count = Math.ceil((size - uploaded) / partSizeBytes)
  return Array.from({ length: count }, (_, index) => {
    const start = uploaded + index * partSizeBytes
    return { partNumber: uploadedParts + index + 1, start, end: Math.min(size, start + partSizeBytes) }
  })
}

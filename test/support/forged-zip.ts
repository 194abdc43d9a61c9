import { crc32, deflateRawSync } from 'node:zlib'

/** An entry of a zip, and what the zip says of it where that is not the truth. */
export interface ForgedEntry {
  readonly name: string
  readonly content: Uint8Array
  /** Its way of compressing, by number. Default: 8, deflated; any other is written as the content is. */
  readonly method?: number
  /** The general purpose bit flag: 1 is encrypted. Default: 0. */
  readonly flags?: number
  /** Default: as large as it is, in bytes. */
  readonly sizeBytes?: number
  readonly crc?: number
  /** Whether the directory tells the sizes in 64 bits. Default: false. */
  readonly zip64?: boolean
}

const localSignature = 0x04034b50
const entrySignature = 0x02014b50
const endSignature = 0x06054b50
const in64Bits = 0xffff_ffff

/** Makes a zip that may lie (APPNOTE.TXT, 4.3). */
export function forgedZip(entries: readonly ForgedEntry[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const data = (entry.method ?? 8) === 8 ? deflateRawSync(entry.content) : Buffer.from(entry.content)
    const facts = factsOf(entry, data.length)
    const name = Buffer.from(entry.name)
    const file = Buffer.concat([number(localSignature, 4), facts, name, extraOf(entry, data.length), data])
    const place = Buffer.concat([Buffer.alloc(10), number(offset, 4)])
    directory.push(number(entrySignature, 4), number(45, 2), facts, place, name, extraOf(entry, data.length))
    files.push(file)
    offset += file.length
  }
  const listing = Buffer.concat(directory)
  const count = number(entries.length, 2)
  const end = [
    number(endSignature, 4),
    number(0, 4),
    count,
    count,
    number(listing.length, 4),
    number(offset, 4),
  ]
  return Buffer.concat([...files, listing, ...end, number(0, 2)])
}

function factsOf(entry: ForgedEntry, packedBytes: number): Buffer {
  const { method = 8, flags = 0, crc = crc32(entry.content), zip64 = false } = entry
  const sizes = zip64 ? [in64Bits, in64Bits] : [packedBytes, entry.sizeBytes ?? entry.content.length]
  return Buffer.concat([
    ...[number(45, 2), number(flags, 2), number(method, 2), number(0, 4), number(crc, 4)],
    ...sizes.map((size) => number(size, 4)),
    ...[number(Buffer.byteLength(entry.name), 2), number(extraOf(entry, packedBytes).length, 2)],
  ])
}

function extraOf({ zip64 = false, content }: ForgedEntry, packedBytes: number): Buffer {
  const sizes = [number(content.length, 8), number(packedBytes, 8)]
  return zip64 ? Buffer.concat([number(1, 2), number(16, 2), ...sizes]) : Buffer.alloc(0)
}

function number(value: number, bytes: 2 | 4 | 8): Buffer {
  const written = Buffer.alloc(bytes)
  if (bytes === 8) written.writeBigUInt64LE(BigInt(value))
  else written.writeUIntLE(value, 0, bytes)
  return written
}

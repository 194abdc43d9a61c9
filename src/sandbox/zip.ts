import { crc32, deflateRawSync } from 'node:zlib'

/** A file to put into a zip. */
export interface ZipEntry {
  /** With forward slashes. */
  name: string
  content: Uint8Array
}

// Every entry carries this date, 1 January 2026 in MS-DOS form, so that equal contents make equal zips.
const dosDate = ((2026 - 1980) << 9) | (1 << 5) | 1
const neededVersion = 20
const deflated = 8
const descriptorFlag = 0x0008
const utf8Flag = 0x0800

interface PackedEntry {
  name: Buffer
  data: Buffer
  /** Checksum, packed size and size, as they stand behind the data and in the directory. */
  sizes: Buffer
}

/**
 * Makes a zip as Java's `ZipOutputStream` does, which Vault is likely to use: deflated, and with the sizes behind the data
 * in place of before it.
 */
export function createZip(entries: readonly ZipEntry[]): Uint8Array {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries.map(packed)) {
    const file = Buffer.concat([
      signature(0x04034b50),
      facts(entry.name, Buffer.alloc(12)),
      entry.name,
      entry.data,
      signature(0x08074b50),
      entry.sizes,
    ])
    directory.push(directoryEntry(entry, offset))
    files.push(file)
    offset += file.length
  }
  const directoryBytes = Buffer.concat(directory)
  return Buffer.concat([
    ...files,
    directoryBytes,
    endOfDirectory(entries.length, directoryBytes.length, offset),
  ])
}

function packed({ name, content }: ZipEntry): PackedEntry {
  const data = deflateRawSync(content)
  const sizes = Buffer.alloc(12)
  sizes.writeUInt32LE(crc32(content), 0)
  sizes.writeUInt32LE(data.length, 4)
  sizes.writeUInt32LE(content.length, 8)
  return { name: Buffer.from(name), data, sizes }
}

/** The fields that an entry's header and its line in the directory share. */
function facts(name: Buffer, sizes: Buffer): Buffer {
  const before = Buffer.alloc(10)
  before.writeUInt16LE(neededVersion, 0)
  before.writeUInt16LE(utf8Flag | descriptorFlag, 2)
  before.writeUInt16LE(deflated, 4)
  before.writeUInt16LE(dosDate, 8)
  const after = Buffer.alloc(4)
  after.writeUInt16LE(name.length, 0)
  return Buffer.concat([before, sizes, after])
}

function directoryEntry({ name, sizes }: PackedEntry, offset: number): Buffer {
  const madeBy = Buffer.alloc(2)
  madeBy.writeUInt16LE(neededVersion)
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(offset, 10)
  return Buffer.concat([signature(0x02014b50), madeBy, facts(name, sizes), rest, name])
}

function endOfDirectory(count: number, sizeBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(18)
  end.writeUInt16LE(count, 4)
  end.writeUInt16LE(count, 6)
  end.writeUInt32LE(sizeBytes, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([signature(0x06054b50), end])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

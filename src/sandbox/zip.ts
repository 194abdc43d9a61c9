import { crc32 } from 'node:zlib'

/** A file to put into a zip. */
export interface ZipEntry {
  /** With forward slashes. */
  name: string
  content: Uint8Array
}

// Every entry carries this date, 1 January 2026 in MS-DOS form, so that equal contents make equal zips.
const dosDate = ((2026 - 1980) << 9) | (1 << 5) | 1
const storedVersion = 20
const utf8Flag = 0x0800

/** Makes a zip of entries that are stored, not compressed. */
export function createZip(entries: readonly ZipEntry[]): Uint8Array {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const facts = entryFacts(entry, name)
    const header = Buffer.concat([signature(0x04034b50), facts, name, entry.content])
    directory.push(directoryEntry(facts, name, offset))
    files.push(header)
    offset += header.length
  }
  const directoryBytes = Buffer.concat(directory)
  return Buffer.concat([
    ...files,
    directoryBytes,
    endOfDirectory(entries.length, directoryBytes.length, offset),
  ])
}

/** The fields that an entry's header and its line in the directory share. */
function entryFacts(entry: ZipEntry, name: Buffer): Buffer {
  const facts = Buffer.alloc(26)
  facts.writeUInt16LE(storedVersion, 0)
  facts.writeUInt16LE(utf8Flag, 2)
  facts.writeUInt16LE(dosDate, 8)
  facts.writeUInt32LE(crc32(entry.content), 10)
  facts.writeUInt32LE(entry.content.length, 14)
  facts.writeUInt32LE(entry.content.length, 18)
  facts.writeUInt16LE(name.length, 22)
  return facts
}

function directoryEntry(facts: Buffer, name: Buffer, offset: number): Buffer {
  const madeBy = Buffer.alloc(2)
  madeBy.writeUInt16LE(storedVersion)
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(offset, 10)
  return Buffer.concat([signature(0x02014b50), madeBy, facts, rest, name])
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

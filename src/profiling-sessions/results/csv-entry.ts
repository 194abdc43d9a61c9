import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { reasonOf, repeated, UnreadableResults } from './unreadable.ts'

/** The most entries of a ZIP that are looked at. Vault's has one. */
const maxZipEntries = 100

/** The largest CSV, in bytes: 100,000 rows have about 20 MB. */
const maxCsvSizeBytes = 64 * 1024 * 1024

/** How many names of entries a message repeats. */
const maxNamesRepeated = 5

/** What the numbers of ways to compress mean that are met at times (APPNOTE.TXT, 4.4.5). */
const compressionNames: Readonly<Record<number, string>> = {
  9: 'Deflate64',
  12: 'BZIP2',
  14: 'LZMA',
  93: 'Zstandard',
}

/** Those of them that are read: stored, and deflated. */
const readCompressions = [0, 8]

/**
 * Opens the one CSV in a ZIP. It inflates as fast as it is read.
 *
 * @throws UnreadableResults where the ZIP is not right, and from the stream where the CSV is too large or is not what the
 * ZIP says of it
 */
export async function openCsvEntry(zip: Buffer): Promise<AsyncIterable<Buffer>> {
  const file = await fromBufferPromise(zip, { lazyEntries: true }).catch(throwDamaged)
  const entry = await csvEntryOf(file)
  if (entry.isEncrypted()) throw new UnreadableResults(`${repeated(entry.fileName)} in the ZIP is encrypted`)
  if (!readCompressions.includes(entry.compressionMethod)) {
    const method = compressionNames[entry.compressionMethod] ?? `method ${entry.compressionMethod}`
    throw new UnreadableResults(`${repeated(entry.fileName)} in the ZIP is compressed by ${method}`)
  }
  return checked(await file.openReadStreamPromise(entry).catch(throwDamaged), entry)
}

/** What the CSV is called is not documented: where the ZIP has one file alone, it is that one. */
async function csvEntryOf(file: ZipFile): Promise<Entry> {
  if (file.entryCount > maxZipEntries) {
    throw new UnreadableResults(`the ZIP has ${file.entryCount} entries, and may have ${maxZipEntries}`)
  }
  const entries = await filesIn(file).catch(throwDamaged)
  const csvs = entries.filter(({ fileName }) => /\.csv$/i.test(fileName))
  const [entry, ...others] = entries.length === 1 ? entries : csvs
  if (entries.length === 0) throw new UnreadableResults('the ZIP is empty')
  if (entry === undefined) throw new UnreadableResults(`the ZIP has no CSV, but ${namesOf(entries)}`)
  if (others.length > 0) throw new UnreadableResults(`the ZIP has several CSVs: ${namesOf(csvs)}`)
  return entry
}

async function filesIn(file: ZipFile): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const entry of file.eachEntry()) if (!/\/$|^__MACOSX\//.test(entry.fileName)) entries.push(entry)
  return entries
}

function namesOf(entries: readonly Entry[]): string {
  const names = entries.slice(0, maxNamesRepeated).map(({ fileName }) => repeated(fileName))
  return [...names, ...(entries.length > maxNamesRepeated ? ['others'] : [])].join(', ')
}

/**
 * yauzl stops what is longer or shorter than the ZIP says. How long it may be at all, and whether it is intact, is looked
 * at here.
 */
async function* checked(csv: AsyncIterable<Buffer>, entry: Entry): AsyncGenerator<Buffer> {
  let sizeBytes = 0
  let checksum = 0
  for await (const chunk of orDamaged(csv)) {
    sizeBytes += chunk.length
    if (sizeBytes > maxCsvSizeBytes)
      throw new UnreadableResults(`the CSV has more than ${maxCsvSizeBytes} bytes`)
    checksum = crc32(chunk, checksum)
    yield chunk
  }
  if (checksum !== entry.crc32)
    throw new UnreadableResults('the ZIP is damaged (the checksum of the CSV is wrong)')
}

async function* orDamaged(csv: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* csv
  } catch (error) {
    throwDamaged(error)
  }
}

function throwDamaged(error: unknown): never {
  throw new UnreadableResults(`the ZIP is damaged (${reasonOf(error)})`)
}

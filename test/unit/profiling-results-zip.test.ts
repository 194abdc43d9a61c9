import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { UnreadableResults } from '../../src/profiling-sessions/results/unreadable.ts'
import { createZip } from '../../src/sandbox/zip.ts'
import { forgedZip } from '../support/forged-zip.ts'
import { documentedHeader, faultOf, readZip, zipOf } from '../support/profiling-results.ts'

const content = Buffer.from(`${documentedHeader}\n2026-01-15T12:00:00Z,1,a,e,r,1,2,3,4\n`)
const csv = { name: 'results.csv', content }
const text = { name: 'readme.txt', content: Buffer.from('Read me') }

describe('a ZIP with results', () => {
  const readable = {
    'as Java writes it, with the sizes behind the data': createZip([csv]),
    'with the sizes before the data': forgedZip([csv]),
    'that is not compressed': forgedZip([{ ...csv, method: 0 }]),
    'with its sizes in 64 bits': forgedZip([{ ...csv, zip64: true }]),
    'with other files beside the CSV': createZip([text, csv, { name: 'a/', content: Buffer.alloc(0) }]),
    'with what a Mac adds': createZip([csv, { name: '__MACOSX/._results.csv', content: text.content }]),
    'with one file whatever its name': createZip([{ ...csv, name: 'baseline__c' }]),
    'with the CSV in a folder, and capitals': createZip([text, { ...csv, name: 'logs/RESULTS.CSV' }]),
  }
  for (const [kind, zip] of Object.entries(readable)) {
    it(`is read ${kind}`, async () => {
      const { table, figures } = await readZip(zip)
      assert.deepEqual([table.rowCount, figures.totals.cpuTimeNs], [1, 2])
    })
  }

  const half = zipOf(content).subarray(0, 100)
  const flipped = Buffer.from(forgedZip([{ ...csv, method: 0 }]))
  flipped[60] = (flipped[60] ?? 0) ^ 1
  const garbled = forgedZip([csv])
  garbled.fill(0xff, 45, 60)
  const unreadable: Readonly<Record<string, readonly [Uint8Array, string | RegExp]>> = {
    'is none': [Buffer.from('<p>Sign in</p>'), /^the ZIP is damaged \(End of central directory record/],
    'is cut off': [half, /^the ZIP is damaged \(/],
    'has no bytes': [Buffer.alloc(0), /^the ZIP is damaged \(/],
    'has no file': [createZip([]), 'the ZIP is empty'],
    'has no CSV': [createZip([text, { ...text, name: 'a' }]), 'the ZIP has no CSV, but “readme.txt”, “a”'],
    'has several CSVs': [
      createZip([csv, text, { ...csv, name: 'b.csv' }]),
      'the ZIP has several CSVs: “results.csv”, “b.csv”',
    ],
    'has many entries': [
      createZip(Array.from({ length: 101 }, (_, index) => ({ ...text, name: `${index}` }))),
      'the ZIP has 101 entries, and may have 100',
    ],
    'is encrypted': [forgedZip([{ ...csv, flags: 1 }]), '“results.csv” in the ZIP is encrypted'],
    'is compressed by Deflate64': [
      forgedZip([{ ...csv, method: 9 }]),
      '“results.csv” in the ZIP is compressed by Deflate64',
    ],
    'is compressed in an unknown way': [
      forgedZip([{ ...csv, method: 77 }]),
      '“results.csv” in the ZIP is compressed by method 77',
    ],
    'says too large a size': [
      forgedZip([{ ...csv, sizeBytes: content.length + 1 }]),
      /^the ZIP is damaged \(not enough bytes/,
    ],
    'says too small a size': [
      forgedZip([{ ...csv, sizeBytes: content.length - 1 }]),
      /^the ZIP is damaged \(too many bytes/,
    ],
    'has another checksum': [
      forgedZip([{ ...csv, crc: 1 }]),
      'the ZIP is damaged (the checksum of the CSV is wrong)',
    ],
    'has a bit that flipped': [flipped, 'the ZIP is damaged (the checksum of the CSV is wrong)'],
    'holds what does not inflate': [garbled, /^the ZIP is damaged \(/],
  }
  for (const [kind, [zip, fault]] of Object.entries(unreadable)) {
    it(`that ${kind} is an error that says so`, async () => {
      const told = await faultOf(zip)
      if (typeof fault === 'string') assert.equal(told, fault)
      else assert.match(told, fault)
    })
  }

  it('with any bytes changed, and cut off anywhere, is read or refused, and never left hanging', async () => {
    const zips = [
      createZip([csv]),
      createZip([text, csv]),
      forgedZip([{ ...csv, method: 0 }]),
      forgedZip([{ ...csv, zip64: true }]),
    ]
    const change = fc.record({ at: fc.nat(400), byte: fc.nat(255) })
    const changes = fc.array(change, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...zips), changes, fc.nat(100), async (zip, changed, cut) => {
        const damaged = Buffer.from(zip)
        for (const { at, byte } of changed) damaged[at % zip.length] = byte
        const whole = cut < 80 ? damaged : damaged.subarray(0, cut * 4)
        const end = await readZip(whole).catch((error: unknown) => error)
        assert.ok(!(end instanceof Error) || end instanceof UnreadableResults, String(end))
      }),
      { numRuns: 1000 },
    )
  })

  it('repeats little of what stands in it', async () => {
    for (const name of [`/${'x'.repeat(50_000)}`, `${'\n'.repeat(9)}${'x'.repeat(50_000)}.csv`]) {
      const told = await faultOf(forgedZip([{ ...csv, name, method: 9 }]))
      assert.ok(told.length < 300 && !told.includes('\n'), told)
    }
  })

  it('that is larger than 32 MB is not read to its end', async () => {
    assert.equal(await faultOf(Buffer.alloc(33 * 1024 * 1024)), 'the ZIP has more than 33554432 bytes')
  })

  it('that is a bomb is refused while it inflates, whether it tells its size or not', async () => {
    const line = `2026-01-15T12:00:00Z,1,${'x'.repeat(970)},e,r,1,2,3,4\n`
    const bomb = { ...csv, content: Buffer.concat([content, Buffer.alloc(65 * 1024 * 1024, line)]) }
    assert.ok(forgedZip([bomb]).length < 1_000_000)
    assert.equal(await faultOf(forgedZip([bomb])), 'the CSV has more than 67108864 bytes')
    assert.match(
      await faultOf(forgedZip([{ ...bomb, sizeBytes: 50 }])),
      /^the ZIP is damaged \(too many bytes/,
    )
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { documentedHeader, faultOf, rowsOf, zipOf } from '../support/profiling-results.ts'

const row = '2026-01-15T12:00:00.123Z,1002,etl@v.example,e-1,r-1,3,5000000000,1200,4294967296'
const result = {
  id: 's/1',
  timestamp: '2026-01-15T12:00:00.123Z',
  rawTimestamp: '2026-01-15T12:00:00.123Z',
  userId: '1002',
  userName: 'etl@v.example',
  executionId: 'e-1',
  sdkRequestId: 'r-1',
  sdkCount: 3,
  cpuTimeNs: 5_000_000_000,
  elapsedTimeMs: 1200,
  grossMemoryBytes: 4_294_967_296,
}

describe('the headings of a CSV with results', () => {
  const spellings = {
    "as Vault's documentation has them": documentedHeader,
    'with capitals and spaces': documentedHeader.replaceAll('_', ' ').toUpperCase(),
    'in camel case': documentedHeader.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    'with hyphens and space around them': documentedHeader.replaceAll('_', '-').replaceAll(',', ' , '),
    'in quotes': documentedHeader.replaceAll(/\w+/g, '"$&"'),
    'behind a byte order mark': `\uFEFF${documentedHeader}`,
    'behind a byte order mark and in quotes': `\uFEFF${documentedHeader.replaceAll(/\w+/g, '"$&"')}`,
  }
  for (const [spelling, header] of Object.entries(spellings)) {
    it(`are read ${spelling}`, async () => {
      assert.deepEqual(await rowsOf(`${header}\n${row}\n`), [result])
      assert.deepEqual(await rowsOf(`${header}\r\n${row}\r\n`), [result])
    })
  }

  it('may come in any order, with others between them', async () => {
    const columns = documentedHeader.split(',').map((heading, index) => [heading, row.split(',')[index]])
    const turned = [...columns, ['sdk_entry', 'x'], ['', 'y']].toReversed()
    const lines = [turned.map(([heading]) => heading).join(','), turned.map(([, cell]) => cell).join(',')]
    assert.deepEqual(await rowsOf(lines.join('\n')), [result])
  })

  it('of optional columns may be missing: their values are null', async () => {
    const [only] = await rowsOf('user_id,sdk_cpu_time,sdk_elapsed_time\n7,8,9\n')
    const missing = {
      timestamp: null,
      rawTimestamp: null,
      userName: null,
      executionId: null,
      sdkRequestId: null,
    }
    assert.deepEqual(only, {
      ...{ id: 's/1', userId: '7', cpuTimeNs: 8, elapsedTimeMs: 9 },
      ...{ ...missing, sdkCount: null, grossMemoryBytes: null },
    })
  })

  it('of required columns that are missing are named', async () => {
    assert.equal(
      await faultOf(zipOf('timestamp,user_name,sdk_elapsed_time\n1,2,3\n')),
      'the CSV has no column `user_id`, `sdk_cpu_time`',
    )
    assert.equal(
      await faultOf(zipOf('{"a": 1}')),
      'the CSV has no column `user_id`, `sdk_cpu_time`, `sdk_elapsed_time`',
    )
    assert.equal(await faultOf(zipOf('')), 'the CSV is empty')
  })

  it('count once: of two with one name the first', async () => {
    const [first] = await rowsOf('user_id,sdk_cpu_time,sdk_elapsed_time,SDK CPU Time\n7,8,9,10\n')
    assert.equal(first?.cpuTimeNs, 8)
  })
})

describe('the rows of a CSV with results', () => {
  const oneRow = async (line: string) => (await rowsOf(`${documentedHeader}\n${line}\n${row}`))[0]
  const withTimestamp = (timestamp: string) => oneRow(row.replace('2026-01-15T12:00:00.123Z', timestamp))

  it('may have text in quotes, with commas, line breaks and quotes in it, and any script', async () => {
    const named = await oneRow(row.replace('etl@v.example', '"Ōkafor, ""Ada""\n東京 🗼"'))
    assert.equal(named?.userName, 'Ōkafor, "Ada"\n東京 🗼')
    assert.equal((await oneRow(row.replace('etl@v.example', 'Ada "the" O')))?.userName, 'Ada "the" O')
  })

  it('may have much text in characters of several bytes', async () => {
    const names = ['東'.repeat(10_000), '京'.repeat(13_000), '都'.repeat(20_000)]
    const lines = names.map((name) => row.replace('etl@v.example', name))
    const read = await rowsOf([documentedHeader, ...lines].join('\n'))
    assert.deepEqual(
      read.map(({ userName }) => userName),
      names,
    )
  })

  it('may be short, long or empty', async () => {
    assert.equal((await oneRow('2026-01-15T12:00:00.123Z,1002'))?.cpuTimeNs, null)
    assert.deepEqual(await oneRow(`${row},and,more`), result)
    assert.deepEqual(await oneRow(`\n,,,,,,,,\n${row}`), result)
    assert.deepEqual(await rowsOf(documentedHeader), [])
  })

  it('have a DateTime where the timestamp is one, in UTC where it names no zone', async () => {
    for (const [text, timestamp] of [
      ['2026-01-15T13:00:00+01:00', '2026-01-15T13:00:00+01:00'],
      ['2026-01-15T12:00:00.5Z', '2026-01-15T12:00:00.5Z'],
      ['2026-01-15 12:00:00', '2026-01-15T12:00:00Z'],
      ['2026-01-15T12:00:00.123', '2026-01-15T12:00:00.123Z'],
      ['2026-01-15 12:00:00.123 UTC', '2026-01-15T12:00:00.123Z'],
    ] as const) {
      const read = await withTimestamp(text)
      assert.deepEqual([read?.timestamp, read?.rawTimestamp], [timestamp, text])
    }
  })

  it('keep the text of a timestamp that is none, and have no DateTime then', async () => {
    for (const text of ['15 Jan 2026', '1768478400000', '2026-13-15T12:00:00Z', '2026-01-15', 'noon']) {
      const read = await withTimestamp(text)
      assert.deepEqual([read?.timestamp, read?.rawTimestamp], [null, text])
    }
  })

  it('have null where a number is missing, negative or none, and keep the rest', async () => {
    for (const cell of ['', '-1', 'n/a', '0x10', '1,5', 'Infinity', '9007199254740993', '1e999']) {
      const read = await oneRow(row.replace('5000000000', JSON.stringify(cell)))
      assert.deepEqual(read, { ...result, cpuTimeNs: null }, cell)
    }
  })

  it('have whole nanoseconds and bytes, and milliseconds as they are', async () => {
    const read = await oneRow(row.replace('5000000000,1200', '5.0E9, 0.25 '))
    assert.deepEqual(read, { ...result, elapsedTimeMs: 0.25 })
    assert.equal((await oneRow(row.replace('5000000000', '1.6')))?.cpuTimeNs, 2)
  })

  it('are not read where a cost is written in another way in all of them', async () => {
    const csv = `user_id,sdk_cpu_time,sdk_elapsed_time\n7,,1\n7,8 ms,1\n7,9 ms,1\n`
    assert.equal(
      await faultOf(zipOf(csv)),
      'no number in the column `sdk_cpu_time` can be read: the first is “8 ms”',
    )
  })

  it('may have no costs at all, where nothing was measured', async () => {
    const read = await rowsOf('user_id,sdk_cpu_time,sdk_elapsed_time\n7,-1,\n7,-1,\n')
    assert.deepEqual(
      read.map(({ cpuTimeNs, elapsedTimeMs }) => [cpuTimeNs, elapsedTimeMs]),
      [
        [null, null],
        [null, null],
      ],
    )
  })

  it('are 100,000 at most', async () => {
    const csv = (rows: number) => `user_id,sdk_cpu_time,sdk_elapsed_time\n${'7,8,9\n'.repeat(rows)}`
    assert.equal((await rowsOf(csv(100_000))).length, 100_000)
    assert.equal(await faultOf(zipOf(csv(100_001))), 'the CSV has more than 100000 rows')
  })

  it('are 64 KB long at most, whatever they consist of', async () => {
    const long = 70_000
    const tooLong = 'the CSV has a row of more than 65536 bytes'
    for (const line of [
      'x'.repeat(long),
      ','.repeat(long),
      `"${'x\n'.repeat(long)}"`,
      `"${'x,'.repeat(long)}"`,
    ]) {
      assert.equal(await faultOf(zipOf(`${documentedHeader}\n${row}\n${line}\n${row}`)), tooLong)
      assert.equal(await faultOf(zipOf(line)), tooLong)
    }
    assert.equal((await oneRow(row.replace('etl@v.example', 'x'.repeat(60_000))))?.userName?.length, 60_000)
  })

  it('end with the last quote, or are damaged', async () => {
    assert.match(
      await faultOf(zipOf(`${documentedHeader}\n"${row}`)),
      /^the CSV is damaged \(Quote Not Closed: /,
    )
  })
})

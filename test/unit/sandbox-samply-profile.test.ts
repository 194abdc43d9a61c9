import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { createSamplyProfile } from '../../src/sandbox/profile/samply-profile.ts'
import { at, listAt } from '../support/sandbox-http.ts'

const gzip = createSamplyProfile({ product: 'orders' })
const profile: unknown = JSON.parse(gunzipSync(gzip).toString())
const threads = listAt(profile, 'threads')
const strings = listAt(profile, 'shared', 'stringArray')

function numbers(value: unknown, ...keys: string[]): number[] {
  return listAt(value, ...keys).map((element) => {
    assert.equal(typeof element, 'number', keys.join('.'))
    return Number(element)
  })
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function assertIndexes(values: readonly number[], length: unknown, what: string) {
  for (const value of values) {
    assert.ok(Number.isInteger(value) && value >= 0 && value < Number(length), `${what}: ${value}`)
  }
}

test('the file is version 57 of the format, of a size that a screen can load at once', () => {
  assert.equal(at(profile, 'meta', 'preprocessedProfileVersion'), 57)
  assert.equal(at(profile, 'meta', 'product'), 'orders')
  assert.equal(at(profile, 'meta', 'symbolicated'), true)
  assert.equal(at(profile, 'meta', 'sampleUnits', 'threadCPUDelta'), 'µs')
  assert.equal(threads.length, 8)
  assert.ok(gzip.length > 50_000 && gzip.length < 300_000, `${gzip.length} bytes`)
})

test('the same seed gives the same bytes, another seed others', () => {
  assert.deepEqual(createSamplyProfile({ product: 'orders' }), gzip)
  assert.notDeepEqual(createSamplyProfile({ product: 'orders', seed: 2 }), gzip)
})

test('every column of every table is as long as its table says', () => {
  for (const thread of threads) {
    for (const table of [
      'samples',
      'stackTable',
      'frameTable',
      'funcTable',
      'resourceTable',
      'nativeSymbols',
    ]) {
      const columns = Object.entries(Object(at(thread, table)))
      for (const [name, column] of columns) {
        if (Array.isArray(column))
          assert.equal(column.length, at(thread, table, 'length'), `${table}.${name}`)
      }
      assert.ok(columns.length > 2)
    }
  }
})

test('every index points into its table', () => {
  for (const thread of threads) {
    const lengthOf = (table: string) => at(thread, table, 'length')
    assertIndexes(numbers(thread, 'samples', 'stack'), lengthOf('stackTable'), 'stack')
    assertIndexes(numbers(thread, 'stackTable', 'frame'), lengthOf('frameTable'), 'frame')
    assertIndexes(numbers(thread, 'frameTable', 'func'), lengthOf('funcTable'), 'func')
    assertIndexes(numbers(thread, 'frameTable', 'nativeSymbol'), lengthOf('nativeSymbols'), 'nativeSymbol')
    assertIndexes(
      numbers(thread, 'frameTable', 'category'),
      listAt(profile, 'meta', 'categories').length,
      'category',
    )
    assertIndexes(numbers(thread, 'funcTable', 'name'), strings.length, 'func name')
    assertIndexes(numbers(thread, 'funcTable', 'resource'), lengthOf('resourceTable'), 'resource')
    assertIndexes(numbers(thread, 'resourceTable', 'name'), strings.length, 'resource name')
    assertIndexes(numbers(thread, 'resourceTable', 'lib'), listAt(profile, 'libs').length, 'lib')
    assertIndexes(numbers(thread, 'nativeSymbols', 'name'), strings.length, 'symbol name')
    assertIndexes(numbers(thread, 'nativeSymbols', 'libIndex'), listAt(profile, 'libs').length, 'libIndex')
  }
})

test('parents come before their children in the stack table', () => {
  for (const thread of threads) {
    for (const [index, prefix] of listAt(thread, 'stackTable', 'prefix').entries()) {
      assert.ok(prefix === null || (typeof prefix === 'number' && prefix >= 0 && prefix < index))
    }
  }
})

test('every thread has 30,000 samples over 30 s, with idle ones merged and without CPU time', () => {
  for (const thread of threads) {
    const weights = numbers(thread, 'samples', 'weight')
    const cpu = numbers(thread, 'samples', 'threadCPUDelta')
    const deltas = numbers(thread, 'samples', 'timeDeltas')
    assert.equal(sum(weights), 30_000)
    assert.ok(Math.abs(sum(deltas) - 30_000) < 100, `${sum(deltas)} ms`)
    assert.ok(deltas.every((delta) => delta > 0))
    assert.ok(weights.some((weight) => weight > 1))
    for (const [index, weight] of weights.entries()) if (weight > 1) assert.equal(cpu[index], 0)
    const cpuMs = sum(cpu.slice(1)) / 1000
    assert.ok(cpuMs > 0 && cpuMs <= 30_000, `${cpuMs} ms`)
  }
})

test('some stack holds the same function more than once, and some frame is inlined', () => {
  assert.ok(threads.some(hasRecursion))
  assert.ok(threads.some((thread) => numbers(thread, 'frameTable', 'inlineDepth').some((depth) => depth > 0)))
})

test('an inlined frame has the address of the frame that it is inlined into', () => {
  for (const thread of threads) {
    const frames = numbers(thread, 'stackTable', 'frame')
    const addresses = numbers(thread, 'frameTable', 'address')
    const depths = numbers(thread, 'frameTable', 'inlineDepth')
    for (const [index, prefix] of listAt(thread, 'stackTable', 'prefix').entries()) {
      const frame = frames[index] ?? -1
      if ((depths[frame] ?? 0) === 0) continue
      assert.equal(addresses[frame], addresses[frames[Number(prefix)] ?? -1])
    }
  }
})

test('one function is met at several addresses, so that merging by function differs from merging by frame', () => {
  const worker = threads[1]
  assert.ok(Number(at(worker, 'frameTable', 'length')) > Number(at(worker, 'funcTable', 'length')))
})

test('a longer profile with more workers is bigger', () => {
  const bigger = createSamplyProfile({ durationSecs: 60, workers: 6 })
  assert.ok(bigger.length > gzip.length * 1.5, `${bigger.length} bytes`)
})

test('the memory counter starts from a size and goes on in changes', () => {
  const counter = at(profile, 'counters', 0)
  assert.equal(at(counter, 'name'), 'RSS')
  const counts = numbers(counter, 'samples', 'count')
  assert.equal(counts.length, at(counter, 'samples', 'length'))
  assert.equal(numbers(counter, 'samples', 'timeDeltas').length, counts.length)
  let sizeBytes = 0
  for (const change of counts) {
    sizeBytes += change
    assert.ok(sizeBytes > 0)
  }
})

function hasRecursion(thread: unknown): boolean {
  const prefixes = listAt(thread, 'stackTable', 'prefix')
  const frames = numbers(thread, 'stackTable', 'frame')
  const funcs = numbers(thread, 'frameTable', 'func')
  return prefixes.some((_, leaf) => {
    const seen = new Set<number>()
    for (let row: unknown = leaf; typeof row === 'number'; row = prefixes[row]) {
      const func = funcs[frames[row] ?? -1] ?? -1
      if (seen.has(func)) return true
      seen.add(func)
    }
    return false
  })
}

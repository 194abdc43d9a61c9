import { gzipSync } from 'node:zlib'

/** A function on a stack. */
export interface DescribedFrame {
  readonly name: string
  readonly library?: string
  /** Frames of one function at several places are several rows of the tables. */
  readonly address?: number
}

/** A row of a thread's samples. */
export interface DescribedSample {
  /** The outermost first; empty: a sample without a stack. */
  readonly stack: readonly DescribedFrame[]
  readonly weight?: number
  /** Milliseconds after the row before. */
  readonly afterMs?: number
  /** Microseconds; null: not known. */
  readonly cpuDelta?: number | null
}

/** A thread of a profile. */
export interface DescribedThread {
  readonly name: string
  readonly processName?: string
  readonly samples: readonly DescribedSample[]
}

/** A profile, whichever the version that it is written in. */
export interface DescribedProfile {
  readonly threads: readonly DescribedThread[]
  readonly product?: string
  readonly cpuUnit?: string
  /** Leaves the weights out: each row counts as one. */
  readonly hasWeights?: boolean
}

/** Writes a profile as a program that has this version of the format does (Firefox Profiler, `CHANGELOG-formats.md`). */
export function processedProfile(
  { threads, product = 'orders', cpuUnit = 'µs', hasWeights = true }: DescribedProfile,
  version: number,
): Record<string, unknown> {
  const libs: string[] = []
  const shared = createTables(libs, version)
  const written = threads.map((thread, index) => {
    const tables = version >= 60 ? shared : createTables(libs, version, version >= 56 ? shared.strings : [])
    const rows = thread.samples.map(({ stack }) => tables.stackRow(stack))
    return {
      name: thread.name,
      ...(thread.processName === undefined ? {} : { processName: thread.processName }),
      pid: version >= 47 ? '17' : 17,
      tid: version >= 47 ? String(17 + index) : 17 + index,
      ...(version >= 46 ? { isMainThread: index === 0 } : {}),
      markers: { length: 1, data: [{ type: 'tricky "] }', nested: [{}, [], '\\"'] }], name: [0] },
      samples: samplesOf(thread.samples, rows, version, hasWeights),
      ...(version >= 60 ? {} : tables.toJson()),
      ...(version >= 56 ? {} : { stringArray: tables.strings }),
    }
  })
  return {
    threads: written,
    pages: [],
    libs: libs.map((name) => ({ name, path: `/lib/${name}`, debugName: name })),
    ...(version < 56
      ? {}
      : {
          shared: {
            ...(version >= 60 ? shared.toJson() : {}),
            ...(version >= 58 ? { sources: { length: 0, filename: [] } } : {}),
            stringArray: shared.strings,
          },
        }),
    meta: {
      version: 24,
      preprocessedProfileVersion: version,
      product,
      interval: 1,
      startTime: Date.UTC(2026, 0, 15, 12),
      sampleUnits: { time: 'ms', eventDelay: 'ms', threadCPUDelta: cpuUnit },
      categories: [{ name: 'Other', color: 'grey', subcategories: ['Other'] }],
    },
  }
}

/** The same as a file. */
export function profileFile(profile: DescribedProfile, version = 57): Uint8Array<ArrayBuffer> {
  return gzipSync(JSON.stringify(processedProfile(profile, version)))
}

function samplesOf(
  samples: readonly DescribedSample[],
  stack: readonly (number | null)[],
  version: number,
  hasWeights: boolean,
) {
  const deltas = samples.map(({ afterMs = 1 }) => afterMs)
  let nowMs = 0
  const time = deltas.map((delta) => {
    nowMs += delta
    return nowMs
  })
  return {
    length: samples.length,
    stack,
    ...(version >= 50 ? { timeDeltas: deltas } : { time }),
    weight: hasWeights ? samples.map(({ weight = 1 }) => weight) : null,
    weightType: 'samples',
    threadCPUDelta: samples.map(({ cpuDelta = 0 }) => cpuDelta),
  }
}

function createTables(libs: string[], version: number, strings: string[] = []) {
  const list = <Value>(): Value[] => []
  const rows = { prefix: list<number | null>(), prefixOffset: list<number>(), frame: list<number>() }
  const frames = { func: list<number>(), address: list<number>(), lib: list<number>() }
  const functions = { name: list<number>(), resource: list<number>() }
  const resources = { name: list<number>(), lib: list<number>() }
  const places = new Map<string, number>()
  /** The place of a row with this key; `make` adds it where it is new, and tells where. */
  const placeOf = (key: string, make: () => number): number => {
    const known = places.get(key)
    if (known !== undefined) return known
    const made = make()
    places.set(key, made)
    return made
  }
  const indexIn = (texts: string[], text: string) =>
    texts.includes(text) ? texts.indexOf(text) : texts.push(text) - 1
  const resourceOf = (library: string) =>
    placeOf(`resource ${library}`, () => {
      resources.lib.push(indexIn(libs, library))
      return resources.name.push(indexIn(strings, library)) - 1
    })
  const functionOf = ({ name, library }: DescribedFrame) =>
    placeOf(`function ${library} ${name}`, () => {
      functions.resource.push(library === undefined ? -1 : resourceOf(library))
      return functions.name.push(indexIn(strings, name)) - 1
    })
  const frameOf = (frame: DescribedFrame) =>
    placeOf(`frame ${frame.library} ${frame.name} ${frame.address}`, () => {
      frames.address.push(frame.address ?? -1)
      frames.lib.push(frame.library === undefined ? -1 : indexIn(libs, frame.library))
      return frames.func.push(functionOf(frame)) - 1
    })

  return {
    strings,
    stackRow(stack: readonly DescribedFrame[]): number | null {
      let row: number | null = null
      for (const frame of stack) {
        const parent: number | null = row
        const index = frameOf(frame)
        row = placeOf(`stack ${parent} ${index}`, () => {
          const next = rows.frame.push(index) - 1
          rows.prefix.push(parent)
          rows.prefixOffset.push(parent === null ? 0 : next - parent)
          return next
        })
      }
      return row
    },
    toJson: () => ({
      stackTable: {
        length: rows.frame.length,
        ...(version >= 66 ? { prefixOffset: rows.prefixOffset } : { prefix: rows.prefix }),
        frame: rows.frame,
      },
      frameTable: {
        length: frames.func.length,
        address: frames.address,
        func: frames.func,
        ...(version >= 70 ? { lib: frames.lib } : {}),
        line: frames.func.map(() => null),
      },
      funcTable: {
        length: functions.name.length,
        name: functions.name,
        resource: functions.resource,
        ...(version >= 58
          ? { source: functions.name.map(() => null) }
          : { fileName: functions.name.map(() => null) }),
      },
      resourceTable: {
        length: resources.name.length,
        name: resources.name,
        ...(version >= 70 ? {} : { lib: resources.lib }),
        type: resources.name.map(() => 1),
      },
      nativeSymbols: { length: 0, address: [], libIndex: [], name: [] },
    }),
  }
}

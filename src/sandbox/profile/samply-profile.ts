import { gzipSync } from 'node:zlib'
import { createRandom, type Random } from '../random.ts'
import { pretendedLibraries } from './call-grammar.ts'
import { createStringTable } from './string-table.ts'
import { planThreads } from './thread-plan.ts'
import { sampleThread } from './thread-sampling.ts'

/** What kind of profile to make. */
export interface SamplyProfileOptions {
  /** `meta.product`: the pipeline's name. Default: `sandbox`. */
  product?: string
  /** The same options and seed give the same bytes. Default: 1. */
  seed?: number
  /** How long was sampled, at 1000 Hz. Default: 30. Size and time to make it grow in proportion. */
  durationSecs?: number
  /** The number of dbsp worker threads, beside four other threads. Default: 4. */
  workers?: number
}

const pid = '4021'
const rssEveryMs = 100

/**
 * Makes the file that a Feldera pipeline serves after a collection: one gzip stream of a Firefox processed
 * profile, version 57, with the symbols in it (Feldera's docs, Visualizing Profiles; feldera/samply v0.13.2). By default
 * about 200 KB.
 */
export function createSamplyProfile(options: SamplyProfileOptions = {}): Uint8Array {
  return gzipSync(JSON.stringify(samplyProfile(options)), { level: 4 })
}

function samplyProfile({
  product = 'sandbox',
  seed = 1,
  durationSecs = 30,
  workers = 4,
}: SamplyProfileOptions) {
  const random = createRandom(seed + hash(product))
  const strings = createStringTable()
  const threads = planThreads(workers, product).map(({ name, kind }, index) => {
    const { samples, tables } = sampleThread(kind, durationSecs * 1000, random, strings)
    return {
      name,
      processName: product,
      processType: 'default',
      pid,
      tid: String(Number(pid) + index),
      isMainThread: index === 0,
      registerTime: 0,
      unregisterTime: null,
      processStartupTime: 0,
      processShutdownTime: null,
      pausedRanges: [],
      showMarkersInTimeline: index === 0,
      samples: { length: samples.stack.length, weightType: 'samples', ...samples },
      markers: { length: 0, category: [], data: [], endTime: [], name: [], phase: [], startTime: [] },
      ...tables.toJson(),
    }
  })
  return {
    meta: meta(product, seed, threads.length),
    libs: pretendedLibraries.map(library),
    threads,
    pages: [],
    profilerOverhead: [],
    counters: [rssCounter(durationSecs, random)],
    shared: { stringArray: strings.strings },
  }
}

function meta(product: string, seed: number, threadCount: number) {
  return {
    version: 24,
    preprocessedProfileVersion: 57,
    product,
    oscpu: 'Linux x86_64',
    interval: 1,
    startTime: Date.UTC(2026, 0, 15, 12) + seed * 60_000 + 0.25,
    processType: 0,
    debug: false,
    symbolicated: true,
    categories: [
      { name: 'Other', color: 'grey', subcategories: ['Other'] },
      { name: 'User', color: 'yellow', subcategories: ['Other'] },
      { name: 'Kernel', color: 'orange', subcategories: ['Other'] },
    ],
    sampleUnits: { time: 'ms', eventDelay: 'ms', threadCPUDelta: 'µs' },
    extensions: { length: 0, baseURL: [], id: [], name: [] },
    markerSchema: [],
    pausedRanges: [],
    usesOnlyOneStackType: true,
    doesNotUseFrameImplementation: true,
    sourceCodeIsNotOnSearchfox: true,
    initialVisibleThreads: Array.from({ length: threadCount }, (_, index) => index),
    initialSelectedThreads: [1],
  }
}

function library(name: string, index: number) {
  const breakpadId = `${index + 1}`.repeat(33)
  const path = index === 2 ? name : `/usr/lib/pipeline/${name}`
  return { name, path, debugName: name, debugPath: path, breakpadId, codeId: breakpadId, arch: 'x86_64' }
}

/** Resident memory, each value the change since the one before, in bytes. */
function rssCounter(durationSecs: number, random: Random) {
  const length = Math.floor((durationSecs * 1000) / rssEveryMs)
  const changes = Array.from({ length }, () => random.between(-900, 1_000) * 4096)
  return {
    name: 'RSS',
    category: 'Memory',
    description: 'Resident set size',
    pid,
    mainThreadIndex: 0,
    samples: {
      length,
      timeDeltas: changes.map((_, index) => (index === 0 ? 0 : rssEveryMs)),
      count: changes.map((change, index) => (index === 0 ? 1_610_612_736 : change)),
    },
  }
}

function hash(text: string): number {
  let value = 0
  for (const character of text) value = (Math.imul(value, 31) + (character.codePointAt(0) ?? 0)) >>> 0
  return value
}

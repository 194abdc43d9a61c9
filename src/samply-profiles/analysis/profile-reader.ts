import { z } from 'zod'
import { TaskRefusal } from '../../workers/serve.ts'
import { textOverheadBytes } from './analysis.ts'
import { type ColumnBudget, createColumnBudget } from './columns.ts'
import { createJsonScanner, type JsonScanner, type Shape } from './json-scanner.ts'
import { type ProfileTables, readTables } from './profile-tables.ts'
import { createRowSums, type RowSums } from './row-sums.ts'
import { readSamples, type ThreadSamples } from './thread-samples.ts'

/**
 * The versions of the processed profile format that are read: what samply has written, up to the newest (Firefox
 * Profiler, `CHANGELOG-formats.md`).
 */
const profileVersions = { min: 41, max: 70 }

/** Threads of one profile. */
const maxProfileThreads = 4096

const metaSchema = z.object({
  preprocessedProfileVersion: z.number(),
  product: z.string().nullish(),
  interval: z.number(),
  startTime: z.number(),
  sampleUnits: z.object({ threadCPUDelta: z.string().nullish() }).nullish(),
})

const libsSchema = z.array(z.object({ name: z.string() }))

/** A thread as it was read. */
export interface ReadThread extends ThreadSamples {
  readonly name: string
  readonly processName: string | undefined
  readonly tables: ProfileTables
  readonly texts: readonly string[]
}

/** A profile as it was read: its columns, with the differences between versions still in them. */
export interface ReadProfile {
  readonly meta: z.output<typeof metaSchema>
  readonly libs: readonly string[]
  readonly threads: readonly ReadThread[]
}

/** Reads a profile that arrives in pieces. */
export interface ProfileReader {
  /** @throws TaskRefusal naming what cannot be read */
  feed(piece: Uint8Array): void
  /** @throws TaskRefusal likewise */
  end(): ReadProfile
}

/** Makes the reader of one profile. */
export function createProfileReader(): ProfileReader {
  const budget = createColumnBudget()
  const rowSums = createRowSums(budget)
  const shared = readTables(budget, 'shared')
  const sharedTexts: string[] = []
  const threads: ThreadReader[] = []
  let meta: ReadProfile['meta'] | undefined
  let libs: readonly string[] = []

  const scanner: JsonScanner = createJsonScanner({
    kind: 'object',
    members: {
      meta: decoded(metaSchema, 'meta', (value) => {
        assertVersion(value.preprocessedProfileVersion)
        meta = value
      }),
      libs: decoded(libsSchema, 'libs', (value) => {
        libs = value.map(({ name }) => name)
      }),
      shared: { kind: 'object', members: { ...shared.members, stringArray: textsOf(sharedTexts, budget) } },
      threads: {
        kind: 'list',
        element(index) {
          if (index >= maxProfileThreads)
            throw new TaskRefusal(`it has more than ${maxProfileThreads} threads`)
          const thread = readThread(budget, rowSums, `threads[${index}]`)
          threads.push(thread)
          return thread.shape
        },
      },
    },
  })
  const refusing = <Value>(read: () => Value): Value =>
    meta === undefined ? read() : namingVersion(meta.preprocessedProfileVersion, read)
  return {
    feed: (piece) => refusing(() => scanner.feed(piece)),
    end: () =>
      refusing(() => {
        scanner.end()
        if (meta === undefined) throw new TaskRefusal('`meta` is missing, so it is no processed profile')
        const sharedTables = shared.read()
        return { meta, libs, threads: threads.map((thread) => thread.end(sharedTables, sharedTexts)) }
      }),
  }
}

/**
 * Does something, and adds the version of the format to what is told where it is refused.
 *
 * @throws TaskRefusal
 */
export function namingVersion<Value>(version: number, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof TaskRefusal)) throw error
    throw new TaskRefusal(`${error.message} (format version ${version})`)
  }
}

function assertVersion(version: number) {
  const { min, max } = profileVersions
  if (version >= min && version <= max) return
  throw new TaskRefusal(`its format has the version ${version}; ${min} to ${max} can be read`)
}

/** A value that zod reads. */
function decoded<Schema extends z.ZodType>(
  schema: Schema,
  place: string,
  accept: (value: z.output<Schema>) => void,
): Shape {
  return {
    kind: 'value',
    accept(value) {
      const result = schema.safeParse(value)
      if (result.success) return accept(result.data)
      const [issue] = result.error.issues
      const path = [place, ...(issue?.path ?? [])].join('.')
      throw new TaskRefusal(`\`${path}\` is not what it should be (${issue?.message ?? 'unknown'})`)
    },
  }
}

function textsOf(texts: string[], budget: ColumnBudget): Shape {
  return {
    kind: 'texts',
    push(text) {
      budget.take(textOverheadBytes + text.length * 2)
      texts.push(text)
    },
  }
}

interface ThreadReader {
  readonly shape: Shape
  end(sharedTables: ProfileTables, sharedTexts: readonly string[]): ReadThread
}

function readThread(budget: ColumnBudget, rowSums: RowSums, place: string): ThreadReader {
  const tables = readTables(budget, place)
  const samples = readSamples(budget, rowSums, `${place}.samples`)
  const texts: string[] = []
  let sums: ThreadSamples | undefined
  let name: string | undefined
  let processName: string | undefined
  return {
    shape: {
      kind: 'object',
      members: {
        name: decoded(z.string(), `${place}.name`, (value) => {
          name = value
        }),
        processName: decoded(z.string(), `${place}.processName`, (value) => {
          processName = value
        }),
        samples: samples.shape,
        stringArray: textsOf(texts, budget),
        ...tables.members,
      },
      // The columns of the samples are by far the largest: summed up before the next thread is read.
      end() {
        sums = samples.read()
      },
    },
    end(sharedTables, sharedTexts) {
      if (name === undefined) throw new TaskRefusal(`\`${place}.name\` is missing`)
      const own = tables.read()
      const hasOwn = own.stackFrame.length > 0
      return {
        ...(sums ?? samples.read()),
        name,
        processName,
        tables: hasOwn ? own : sharedTables,
        texts: texts.length > 0 ? texts : sharedTexts,
      }
    },
  }
}

import { MessageChannel } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import {
  gatewayStopping,
  type UpstreamService,
  upstreamInvalidResponse,
  upstreamUnavailable,
} from '../core/errors.ts'
import type { Clock } from '../core/time.ts'
import { type ByteSender, createByteSender } from './byte-channel.ts'
import { createFairSlots } from './fair-slots.ts'
import type { TaskAnswer, TaskCall } from './serve.ts'
import type { WorkerTask } from './task.ts'

/** Threads that read a file at the same time. */
const maxFileThreads = 2

/** Threads at all. A task without a file is short, and does not wait behind those that have one. */
const maxThreads = 3

/** Tasks that are under way or wait for a thread. */
const maxPendingTasks = 64

/** Likewise, of one caller: the others find room. */
const maxPendingTasksOfCaller = 32

/** How long a task may take from when a thread begins with it, in milliseconds. A file's way into it is in that. */
const maxTaskMs = 120_000

/** How long a thread stays that has nothing to do, in milliseconds. */
const maxIdleThreadMs = 30_000

/** What the objects of one thread may take, in megabytes. Typed arrays are not in it: tasks bound those themselves. */
const maxThreadHeapMb = 512

/** How a task is run. */
export interface TaskRun {
  /** What is read, for messages, such as `the profile of pipeline orders`. */
  readonly what: string
  /** Where it came from. */
  readonly service: UpstreamService
  /** For whom. Callers take turns. */
  readonly callerKey: string
  /** Ends the task, and its thread, when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /**
   * Opens the file that the task reads, once a thread is ready for it. The stream is read as fast as the task reads,
   * to its end or until it is cancelled. Left out: the task reads no file.
   *
   * @throws anything: the run then fails with it
   */
  open?(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
}

/** Runs in threads what would block the main thread. */
export interface WorkerPool {
  /**
   * Runs a task in a thread.
   *
   * @throws GatewayError UPSTREAM_INVALID_RESPONSE where the task refuses what it read, or takes too long or too much
   *   memory; UPSTREAM_UNAVAILABLE where too many wait already; what `open` or its stream throws; the signal's reason
   */
  run<Input, Output>(task: WorkerTask<Input, Output>, input: Input, run: TaskRun): Promise<Output>
  /** Ends all threads; tasks under way fail. */
  stop(): Promise<void>
}

/** Makes the pool of a gateway. It has no thread, and has not loaded `piscina`, before the first task. */
export function createWorkerPool(clock: Clock): WorkerPool {
  const fileSlots = createFairSlots(maxFileThreads)
  const stopping = new AbortController()
  let threads: Promise<Piscina> | undefined
  const pending = createPendingTasks()

  return {
    async run(task, input, run) {
      pending.begin(run)
      try {
        threads ??= startThreads()
        const pool = await threads
        using ending = joined([run.signal, stopping.signal])
        const { signal } = ending
        signal.throwIfAborted()
        const start = () => runInThread(pool, clock, task, input, { ...run, signal })
        return await (run.open === undefined ? start() : fileSlots.run(run.callerKey, signal, start))
      } finally {
        pending.end(run)
      }
    },
    async stop() {
      stopping.abort(gatewayStopping())
      const pool = await threads
      await pool?.destroy()
    },
  }
}

/** Counts the tasks that are under way or wait, in all and of each caller. */
function createPendingTasks() {
  const counts = new Map<string, number>()
  let all = 0
  return {
    /** @throws GatewayError UPSTREAM_UNAVAILABLE where there are too many */
    begin(run: TaskRun) {
      const count = counts.get(run.callerKey) ?? 0
      if (all >= maxPendingTasks) throw tooMany(run, maxPendingTasks)
      if (count >= maxPendingTasksOfCaller) throw tooMany(run, maxPendingTasksOfCaller)
      all += 1
      counts.set(run.callerKey, count + 1)
    },
    end({ callerKey }: TaskRun) {
      all -= 1
      const left = (counts.get(callerKey) ?? 1) - 1
      if (left === 0) counts.delete(callerKey)
      else counts.set(callerKey, left)
    },
  }
}

async function startThreads(): Promise<Piscina> {
  const { Piscina } = await import('piscina')
  return new Piscina({
    minThreads: 0,
    maxThreads,
    idleTimeout: maxIdleThreadMs,
    resourceLimits: { maxOldGenerationSizeMb: maxThreadHeapMb },
    // A thread that waits for its next task by `Atomics` hears nothing else meanwhile.
    atomics: 'disabled',
    // The process may have options for its own heap, and credentials in its environment: neither is for threads.
    execArgv: [],
    env: {},
  })
}

async function runInThread<Input, Output>(
  pool: Piscina,
  clock: Clock,
  { file }: WorkerTask<Input, Output>,
  input: Input,
  run: TaskRun,
): Promise<Output> {
  run.signal.throwIfAborted()
  const { port1: ours, port2: port } = new MessageChannel()
  const sender = createByteSender(ours)
  const timeIsUp = new AbortController()
  const timer = sender.begun.then(() => clock.after(maxTaskMs, () => timeIsUp.abort()))
  using ending = joined([run.signal, timeIsUp.signal])
  let brokenBy: { readonly cause: unknown } | undefined
  void sender.begun
    .then(() => handIn(sender, run))
    .catch((cause: unknown) => {
      brokenBy = { cause }
    })
  try {
    const call: TaskCall<Input> = { input, port }
    const answer: TaskAnswer<Output> = await pool.run(call, {
      filename: file.href,
      transferList: [port],
      signal: ending.signal,
    })
    if ('output' in answer) return answer.output
    // What was made of a file that broke off is no fault of the file.
    if (brokenBy !== undefined) throw brokenBy.cause
    throw unreadable(run, 'refusal' in answer ? answer.refusal : 'it did not come to its end')
  } catch (error) {
    run.signal.throwIfAborted()
    if (timeIsUp.signal.aborted) throw unreadable(run, `that takes more than ${maxTaskMs / 1000} seconds`)
    if (isOutOfMemory(error)) {
      throw unreadable(run, `that takes more than ${maxThreadHeapMb} MB of memory`, error)
    }
    throw error
  } finally {
    sender.close()
    void timer.then(({ cancel }) => cancel())
  }
}

/**
 * One signal for several, until it is disposed of. `AbortSignal.any` would do, but keeps what it made, about 2 KB, for as
 * long as the longest of its signals lives (Node 24), and that of the gateway's stop lives as long as the process.
 */
function joined(signals: readonly AbortSignal[]): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const abort = () => controller.abort(signals.find(({ aborted }) => aborted)?.reason)
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true })
  if (signals.some(({ aborted }) => aborted)) abort()
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const signal of signals) signal.removeEventListener('abort', abort)
    },
  }
}

async function handIn(sender: ByteSender, { open, signal }: TaskRun): Promise<void> {
  if (open === undefined) sender.sendNothing()
  else await sender.send(() => open(signal))
}

const isOutOfMemory = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'

const unreadable = ({ what, service }: TaskRun, why: string, cause?: unknown) =>
  upstreamInvalidResponse(`${sentenceOf(what)} cannot be read: ${why}.`, { upstream: { service }, cause })

const sentenceOf = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const tooMany = ({ what, service }: TaskRun, pending: number) =>
  upstreamUnavailable(`${pending} files are being read or wait for it, so ${what} is not. Try again later.`, {
    upstream: { service },
  })

import type { ThreadKind } from './thread-sampling.ts'

/** A thread of the pretended process. */
export interface PlannedThread {
  name: string
  kind: ThreadKind
}

const threadStart = ['clone3', 'start_thread', 'std::sys::thread::thread_start']
const parked = ['std::thread::park', 'syscall', 'futex_wait']

const worker: ThreadKind = {
  root: [...threadStart, 'dbsp::runtime::worker_main'],
  waiting: parked,
  busySamples: [3, 24],
  idleSamples: [4, 90],
}

const background: ThreadKind = {
  root: [...threadStart, 'dbsp::trace::background::merge_loop'],
  waiting: parked,
  busySamples: [5, 60],
  idleSamples: [40, 400],
}

const input: ThreadKind = {
  root: [...threadStart, 'tokio::runtime::worker::run'],
  waiting: ['epoll_wait', 'ep_poll'],
  busySamples: [1, 12],
  idleSamples: [5, 90],
}

const controller: ThreadKind = {
  root: ['adapters::controller::run'],
  waiting: parked,
  busySamples: [1, 3],
  idleSamples: [40, 120],
}

/** The main thread, the workers, and what runs beside them, named in Feldera's manner. */
export function planThreads(workers: number, processName: string): PlannedThread[] {
  const numbered = Array.from({ length: workers }, (_, index) => ({
    name: `dbsp-worker-${index}`,
    kind: worker,
  }))
  return [
    { name: processName, kind: controller },
    ...numbered,
    { name: 'dbsp-background-0', kind: background },
    { name: 'tokio-runtime-worker', kind: input },
    { name: 'kafka-input', kind: input },
  ]
}

import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'undici'
import { type Sandbox, showcase } from '../../src/sandbox/sandbox.ts'
import type { Answers } from './answers.ts'
import type { Callers } from './callers.ts'

/** What all acts have in common. */
export interface Stage {
  readonly sandbox: Sandbox
  readonly callers: Callers
  readonly answers: Answers
  /** Such as `http://127.0.0.1:40123`. */
  readonly httpUrl: string
  /** Such as `ws://127.0.0.1:40123/graphql`. */
  readonly webSocketUrl: string
  /** Ids of jobs, the newest last. The sandbox forgets the oldest of those that are over. */
  readonly jobIds: readonly string[]
  /** Takes a job up into these, in place of the oldest. */
  addJobId(id: number): void
  /** Where requests go that may share a connection. Another one after each quiet point. */
  agent(): Agent
  /** Waits, but no longer than until the load is to end. */
  pause(ms: number): Promise<void>
  /** Whether the load is to end. */
  isEnding(): boolean
  /** Sends everybody home. */
  end(): void
  /** Closes the connections that are open, and lets the load begin anew. */
  begin(): Promise<void>
}

/** Something that a client does, to its end. */
export interface Act {
  readonly name: string
  /** How often, beside the others. */
  readonly weight: number
  /** Whether its connection breaks where an upstream's does: nothing else can be said behind a status of 200. */
  readonly mayBreak?: boolean
  /** @throws where its connection failed, which is noted by the code of what it throws */
  run(stage: Stage): Promise<void>
}

/** Makes the stage of one gateway. */
export function createStage(
  sandbox: Sandbox,
  webSocketUrl: string,
  { callers, answers }: { readonly callers: Callers; readonly answers: Answers },
): Stage {
  const jobIds = Array.from({ length: 100 }, (_, index) => String(Number(showcase.completedJobId) - index))
  let agent = new Agent({ connections: 64 })
  let ending = new AbortController()
  return {
    sandbox,
    callers,
    answers,
    httpUrl: webSocketUrl.replace(/^ws/, 'http').replace(/\/graphql$/, ''),
    webSocketUrl,
    jobIds,
    addJobId(id) {
      jobIds.shift()
      jobIds.push(String(id))
    },
    agent: () => agent,
    pause: (ms) => sleep(ms, undefined, { signal: ending.signal }).catch(() => {}),
    isEnding: () => ending.signal.aborted,
    end: () => ending.abort(),
    async begin() {
      await agent.destroy()
      agent = new Agent({ connections: 64 })
      ending = new AbortController()
    },
  }
}

/** One of several, by chance. */
export function oneOf<Value>(values: readonly [Value, ...Value[]]): Value {
  return values[Math.floor(Math.random() * values.length)] ?? values[0]
}

import assert from 'node:assert/strict'

/** One message of `jobUpdated`, as the snippets of docs/subscriptions.md hand it on. */
export interface JobNews {
  readonly job: { readonly id: string; readonly status: string; readonly isFinished: boolean }
  readonly previousStatus: string | null
}

/** How every client's snippet of docs/subscriptions.md follows a job. */
export type FollowJob = (
  id: string,
  observer: {
    onUpdate(update: JobNews): void
    onErrors(errors: readonly unknown[]): void
    onEnd(): void
  },
) => () => void

/** What a snippet told. Disposing of it stops following. */
export interface FollowedJob extends AsyncDisposable {
  /** The next message: the status and the one before; or the code of an error. */
  next(): Promise<readonly [status: string, previousStatus: string | null] | string>
  /** Whether the subscription completes without another message. */
  completes(): Promise<boolean>
}

/** Follows a job with a snippet. */
export function followed(followJob: FollowJob, id: number): FollowedJob {
  let stop = () => {}
  const told = new ReadableStream<JobNews | readonly unknown[]>({
    start(controller) {
      stop = followJob(String(id), {
        onUpdate: (update) => controller.enqueue(update),
        onErrors: (errors) => controller.enqueue(errors),
        onEnd: () => controller.close(),
      })
    },
  }).getReader()
  return {
    async next() {
      const { value } = await told.read()
      assert.ok(value !== undefined, 'the subscription completed')
      return 'job' in value ? [value.job.status, value.previousStatus] : codeOf(value[0])
    },
    completes: async () => (await told.read()).done,
    [Symbol.asyncDispose]: async () => stop(),
  }
}

function codeOf(error: unknown): string {
  const { extensions } = { extensions: {}, ...Object(error) }
  return String(extensions.code ?? error)
}

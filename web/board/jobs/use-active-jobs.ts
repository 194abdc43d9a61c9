import { useEffect, useState } from 'react'
import { client } from '../gateway/client.ts'
import { type Problem, problemsOf } from '../gateway/problem.ts'
import { socket } from '../gateway/socket.ts'
import { announce } from '../shell/announcer.tsx'
import { afterReconnect, type JobList, noJobs, withJob } from './job-list.ts'
import { FollowActiveJobsDocument } from './operations.generated.ts'
import { statusWords } from './status.tsx'

/** What is followed of the jobs. */
export interface LiveJobs extends JobList {
  readonly problems: readonly Problem[]
  /** How often a connection began. After a new one, what a query told before it may be old. */
  readonly connections: number
}

/** The jobs that have not finished, live, and those that finished meanwhile. */
export function useActiveJobs(): LiveJobs {
  const [connections, setConnections] = useState(0)
  const [list, setList] = useState(noJobs)
  const [problems, setProblems] = useState<readonly Problem[]>([])
  useEffect(() => {
    const stopListening = socket.on('connected', () => {
      setList(afterReconnect)
      setConnections((count) => count + 1)
      setProblems([])
    })
    const { unsubscribe } = client.subscription(FollowActiveJobsDocument, {}).subscribe(({ data, error }) => {
      setProblems(problemsOf(error))
      const { job, previousStatus = null } = data?.activeJobsUpdated ?? {}
      if (job === undefined) return
      setList((before) => withJob(before, job))
      if (job.isFinished && previousStatus !== null) {
        announce(`${job.title ?? `Job ${job.id}`}: ${statusWords[job.status].toLowerCase()}.`)
      }
    })
    return () => {
      stopListening()
      unsubscribe()
    }
  }, [])
  return { ...list, problems, connections }
}

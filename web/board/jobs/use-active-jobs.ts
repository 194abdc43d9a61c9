import { useEffect, useState } from 'react'
import { client } from '../gateway/client.ts'
import { type Problem, problemsOf } from '../gateway/problem.ts'
import { socket } from '../gateway/socket.ts'
import { announce } from '../shell/announcer.tsx'
import { afterReconnect, type Job, type JobList, noJobs, withJobs } from './job-list.ts'
import { FollowActiveJobsDocument } from './operations.generated.ts'
import { statusWords } from './status.tsx'

/** Messages within this time are shown together: a connection begins with one for each job, and there may be thousands. */
const togetherMs = 50

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
    const told: Job[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      const jobs = told.splice(0)
      timer = undefined
      setList((before) => withJobs(before, jobs))
    }
    const stopListening = socket.on('connected', () => {
      told.length = 0
      setList(afterReconnect)
      setConnections((count) => count + 1)
      setProblems([])
    })
    const { unsubscribe } = client.subscription(FollowActiveJobsDocument, {}).subscribe(({ data, error }) => {
      setProblems(problemsOf(error))
      const { job, previousStatus = null } = data?.activeJobsUpdated ?? {}
      if (job === undefined) return
      told.push(job)
      timer ??= setTimeout(show, togetherMs)
      if (job.isFinished && previousStatus !== null) {
        announce(`${job.title ?? `Job ${job.id}`}: ${statusWords[job.status].toLowerCase()}.`)
      }
    })
    return () => {
      clearTimeout(timer)
      stopListening()
      unsubscribe()
    }
  }, [])
  return { ...list, problems, connections }
}

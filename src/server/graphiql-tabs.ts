import type { GraphiqlTab } from './graphiql-page.ts'

/** Keys that the tabs' variables name. The sandbox gives those of its showcase. */
export interface GraphiqlTabKeys {
  /** A job that is not finished yet. */
  jobId: string
  /** An upload that is under way. */
  uploadSessionId: string
  /** A profiling session that is complete. */
  profilingSessionName: string
  /** A Feldera pipeline. */
  pipelineName: string
  /** Somebody who can sign in. */
  username: string
  /** Empty where it is not made up. */
  password: string
}

/** What stands in the tabs where the gateway's upstreams are real and no key is known. */
export const placeholderTabKeys: GraphiqlTabKeys = {
  jobId: 'a job id from ActiveJobsWithTheirTasks',
  uploadSessionId: 'the id that BeginUpload gives',
  profilingSessionName: 'the name of a complete session from UploadsAndProfilingSessions',
  pipelineName: 'the name of a pipeline',
  username: 'your name in Vault',
  password: '',
}

/**
 * The tabs that GraphiQL opens with: what frontends come for, each explained to a newcomer.
 * The first one has no variables because GraphiQL 5.4 does not show those of the first tab that it opens with.
 */
export function graphiqlTabs(keys: GraphiqlTabKeys): GraphiqlTab[] {
  const { jobId, uploadSessionId, profilingSessionName, pipelineName, username, password } = keys
  return [
    { query: activeJobsWithTheirTasks },
    { query: jobUpdates, variables: { id: jobId } },
    { query: uploadsAndProfilingSessions },
    {
      query: uploadFile,
      variables: { input: { path: '/imports/hello.txt', size: 5, overwrite: true }, id: uploadSessionId },
    },
    {
      query: recordProfilingSession,
      variables: { input: { label: 'Checkout', description: 'Slow since May' } },
    },
    { query: mostExpensiveRequests, variables: { name: profilingSessionName } },
    { query: pipelineCpuProfile, variables: { pipelineName } },
    { query: walkCompletedJobs, variables: { first: 5, after: null } },
    { query: signIn, variables: { input: { username, password } } },
  ]
}

const activeJobsWithTheirTasks = `# The jobs that Vault is running or will run,
# each with its tasks. The button on the right, or
# Ctrl+Enter, sends it. The book icon on the left
# explains every type and field; Ctrl+Space lists
# what may stand at the cursor.
query ActiveJobsWithTheirTasks {
  activeJobs(first: 5) {
    totalCount
    nodes {
      id
      title
      status
      createdDate
      progress {
        status
        size
      }
      tasks(first: 3) {
        totalCount
        nodes {
          taskId
          state
        }
      }
    }
  }
}
`

const jobUpdates = `# Follows one job over a WebSocket: its state now,
# then one event per change, until it finishes.
# The button stops it early. The job's id stands
# below, under Variables.
subscription JobUpdates($id: ID!) {
  jobUpdated(id: $id) {
    previousStatus
    observedAt
    job {
      id
      title
      status
      isFinished
      runStartDate
      runEndDate
    }
  }
}
`

const uploadsAndProfilingSessions = `# Two things in one request: the uploads to Vault's
# file staging that are under way (sizes in bytes,
# progress from 0 to 1), and the profiling sessions
# of its Java SDK.
query UploadsAndProfilingSessions {
  uploadSessions {
    id
    name
    size
    uploaded
    progress
    expirationDate
  }
  profilingSessions {
    name
    label
    status
    expirationDate
    resultsUrl
  }
}
`

const uploadFile = `# A file goes to Vault's file staging in three
# steps. The button asks which operation to run.
#
# 1. BeginUpload gives the id of an upload session:
#    copy it into "id", below under Variables.
mutation BeginUpload($input: CreateUploadSessionInput!) {
  createUploadSession(input: $input) {
    uploadSession {
      id
      size
      expirationDate
    }
  }
}

# 2. Send the parts, one after the other, each with
#    5 to 50 MB, and the last one with what is left.
#    Here one part is all. In a terminal, with the
#    host of this page, and outside the sandbox with
#    the header Authorization too:
#      curl -X PUT --data-binary Hello \\
#        http://HOST/upload-sessions/ID/parts/1
#    UploadProgress shows what has arrived.
subscription UploadProgress($id: ID!) {
  uploadSessionUpdated(id: $id) {
    name
    uploadedParts
    uploaded
    progress
  }
}

# 3. Vault puts the file together in a job. The tab
#    JobUpdates follows it.
mutation CommitUpload($id: ID!) {
  commitUploadSession(id: $id) {
    job {
      id
      status
    }
  }
}
`

const recordProfilingSession = `# Records what the Java SDK code of a Vault costs, from
# now on. Vault runs one session at a time: while another
# is active this fails with CONFLICT, and the message says
# which (in the sandbox for the first two minutes). Then:
# endProfilingSession stops it, profilingSessionUpdated
# tells when it is complete, resultsUrl has the results,
# and deleteProfilingSession makes room for another.
mutation RecordProfilingSession($input: CreateProfilingSessionInput!) {
  createProfilingSession(input: $input) {
    profilingSession {
      name
      status
      createdDate
      expirationDate
    }
  }
}
`

const mostExpensiveRequests = `# What a profiling session has found: how CPU time is
# spread over the requests to SDK code, in nanoseconds,
# and the most expensive ones. orderBy can also be
# ELAPSED_TIME, MEMORY or TIMESTAMP; for more, put
# endCursor into "after". Both are null until the
# session is complete.
query MostExpensiveRequests($name: String!) {
  profilingSession(name: $name) {
    label
    status
    resultsSummary {
      requestCount
      userCount
      cpuTimeNs {
        p50
        p95
        p99
      }
    }
    results(first: 10, orderBy: CPU_TIME) {
      totalCount
      nodes {
        timestamp
        userName
        sdkRequestId
        cpuTimeNs
        elapsedTimeMs
        grossMemoryBytes
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`

const pipelineCpuProfile = `# The pipelines of Feldera, and the CPU profile of one:
# it is there, or being collected, or not there for a
# reason. Each is a type of its own; __typename says
# which. hotFunctions are where its time goes. Open
# flameGraphUrl in a browser for a picture of it, or
# viewerUrl to look at it in the Firefox Profiler.
query PipelineCpuProfile($pipelineName: String!) {
  pipelines {
    name
    status
    canProfile
  }
  samplyProfile(pipelineName: $pipelineName) {
    __typename
    ... on SamplyProfile {
      fileName
      size
      sha256
      downloadUrl
      viewerUrl
      flameGraphUrl
      analysis {
        durationMs
        hotFunctions(first: 5) {
          name
          library
          selfShare
          totalShare
        }
      }
    }
    ... on SamplyProfileInProgress {
      retryAfter
    }
    ... on SamplyProfileUnavailable {
      reason
      message
    }
  }
}
`

const walkCompletedJobs = `# The jobs that have finished, a page at a time.
# While hasNextPage is true: copy endCursor into
# "after", below under Variables, and run it again.
query WalkCompletedJobs($first: Int!, $after: String) {
  completedJobs(first: $first, after: $after) {
    totalCount
    nodes {
      id
      title
      status
      runEndDate
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`

const signIn = `# Signs this browser in at Vault, with the name and the
# password of a user there, typed below under Variables.
# GraphiQL keeps no password. The browser gets a cookie
# that no script can read; all tabs are that user from
# then on, until: mutation { signOut { userId } }
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    viewer {
      userId
      vaultId
      expiresAt
    }
  }
}
`

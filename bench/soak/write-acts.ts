import { randomUUID } from 'node:crypto'
import { request as openRequest } from 'node:http'
import { request } from 'undici'
import { showcase } from '../../src/sandbox/sandbox.ts'
import { codesIn } from './answers.ts'
import { ask } from './requests.ts'
import { type Act, oneOf, type Stage } from './stage.ts'

/** More than the operating systems of both sides hold, so that a download that is not read stands still. */
export const largeProfilePipeline = 'soak-large-profile'

/** A job that somebody starts, and that is over soon. */
async function startJob(stage: Stage): Promise<void> {
  const { id } = stage.sandbox.vault.addJob({
    status: 'SCHEDULED',
    onceStarted: [
      { afterMs: 0, status: 'QUEUED' },
      { afterMs: 1000, status: 'RUNNING' },
      { afterMs: 4000, status: 'SUCCESS' },
    ],
    timeline: [{ afterMs: 60_000, status: 'CANCELLED' }],
  })
  stage.addJobId(id)
  const query = 'mutation ($id: ID!) { startJob(id: $id) { job { id status } } }'
  await ask(stage, { act: 'start a job', query, variables: { id: String(id) } })
}

/** Where another session is active, there is no room for this one. */
async function profileSdk(stage: Stage): Promise<void> {
  const act = 'profiling session'
  const explained = ['CONFLICT', 'NOT_FOUND']
  const session = stage.callers.session()
  const label = `soak ${randomUUID().slice(0, 8)}`
  const create = `mutation ($label: String!) { createProfilingSession(input: { label: $label }) { profilingSession { name } } }`
  const { text } = await ask(stage, { act, session, query: create, variables: { label }, explained })
  const [, name] = /"name":"([^"]+)"/.exec(text) ?? []
  if (name === undefined) return
  const end = 'mutation ($name: String!) { endProfilingSession(name: $name) { profilingSession { status } } }'
  await ask(stage, { act, session, query: end, variables: { name }, explained })
  await stage.pause(500)
  stage.sandbox.vault.removeProfilingSession(name)
}

async function collectProfile(stage: Stage): Promise<void> {
  const pipelineName = oneOf([showcase.profiledPipelineName, showcase.neverProfiledPipelineName])
  const query = `mutation ($pipelineName: String!) { startSamplyProfile(pipelineName: $pipelineName, durationSecs: 1) { profile { __typename } } }`
  await ask(stage, { act: 'collect a profile', query, variables: { pipelineName } })
}

/** A file in one part, which arrives, arrives by half, or never. */
async function upload(stage: Stage): Promise<void> {
  const act = 'upload'
  const session = stage.callers.session()
  const sizeBytes = 300_000
  const path = `/soak/${randomUUID()}.bin`
  const create = `mutation ($path: String!, $size: SafeInt!) { createUploadSession(input: { path: $path, size: $size }) { uploadSession { id } } }`
  const explained = ['CONFLICT', 'NOT_FOUND', 'BAD_USER_INPUT']
  const created = await ask(stage, {
    act,
    session,
    query: create,
    variables: { path, size: sizeBytes },
    explained,
  })
  const [, id] = /"uploadSession":\{"id":"([^"]+)"/.exec(created.text) ?? []
  if (id === undefined) return
  try {
    const url = `${stage.httpUrl}/upload-sessions/${encodeURIComponent(id)}/parts/1`
    const headers = { authorization: session, 'content-type': 'application/octet-stream' }
    if (Math.random() < 0.5) await breakOff(stage, url, { ...headers, 'content-length': sizeBytes })
    else {
      const answer = await request(url, {
        dispatcher: stage.agent(),
        method: 'PUT',
        headers,
        body: Buffer.alloc(sizeBytes, 'x'),
      })
      for (const code of codesIn(await answer.body.text())) stage.answers.note(act, code, explained)
    }
  } finally {
    stage.sandbox.vault.removeUploadSession(id)
  }
}

/** Sends half of a part, and resets the connection. */
async function breakOff(stage: Stage, url: string, headers: Record<string, string | number>): Promise<void> {
  const part = openRequest(url, { method: 'PUT', headers, agent: false })
  part.on('error', () => {})
  part.on('response', (answer) => answer.resume())
  part.write(Buffer.alloc(150_000, 'x'))
  await stage.pause(Math.random() * 200)
  part.destroy()
  stage.answers.note('upload broken off', 'OK')
}

const downloads: readonly [string, ...string[]] = [
  `/samply-profiles/${largeProfilePipeline}`,
  `/samply-profiles/${showcase.profiledPipelineName}`,
  `/profiling-sessions/${showcase.profilingSessionName}/results`,
  `/samply-profiles/${showcase.profiledPipelineName}/flame-graph.svg`,
]

/** Reads a file to its end, or the beginning and no more. */
async function download(stage: Stage): Promise<void> {
  const act = 'download'
  const answer = await request(stage.httpUrl + oneOf(downloads), {
    dispatcher: stage.agent(),
    headers: { authorization: stage.callers.session(), ...stage.callers.address() },
  })
  if (answer.statusCode !== 200) {
    for (const code of codesIn(await answer.body.text())) stage.answers.note(act, code, ['NOT_FOUND'])
    return
  }
  stage.answers.note(act, 'OK')
  if (Math.random() < 0.5) {
    await stage.pause(Math.random() * 2000)
    answer.body.on('error', () => {}).destroy()
    return
  }
  for await (const _chunk of answer.body) if (stage.isEnding()) break
}

async function signInAndOut(stage: Stage): Promise<void> {
  const act = 'sign in'
  const explained = ['RATE_LIMITED', 'USERNAME_OR_PASSWORD_INCORRECT']
  const id = Math.floor(Math.random() * 1000)
  const username = `browser${id}@sandbox.example`
  const password = Math.random() < 0.9 ? 'sandbox' : 'wrong'
  const headers = { origin: stage.httpUrl }
  const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { viewer { userId } } }'
  const variables = { input: { username, password } }
  const { cookie } = await ask(stage, { act, session: '', query, variables, headers, explained })
  if (cookie === undefined) return
  const signedIn = { ...headers, cookie }
  await ask(stage, {
    act,
    session: '',
    query: '{ viewer { userId } activeJobs(first: 5) { totalCount } }',
    headers: signedIn,
  })
  // Some browsers are closed, and nobody hears of them again.
  if (Math.random() < 0.7) {
    await ask(stage, { act, session: '', query: 'mutation { signOut { userId } }', headers: signedIn })
  }
}

/** What changes something, and what moves files. */
export const writeActs: readonly Act[] = [
  { name: 'start a job', weight: 3, run: startJob },
  { name: 'profiling session', weight: 0.5, run: profileSdk },
  { name: 'collect a profile', weight: 0.5, run: collectProfile },
  { name: 'upload', weight: 1, run: upload },
  { name: 'download', weight: 1.5, mayBreak: true, run: download },
  { name: 'sign in', weight: 0.5, run: signInAndOut },
]

import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, data, request } from '../support/graphql.ts'

const headers = { authorization: 'sandbox-demo' }
const ok = { responseStatus: 'SUCCESS' }

describe('what Vault answers', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  /** For what is silent alone: the sandbox lives in this process, and a pause of it must not be taken for silence. */
  let impatient: Gateway

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty' })
    ;[gateway, impatient] = await Promise.all([
      startGateway({ sandbox }),
      startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '2000' } }),
    ])
  })
  after(async () => {
    await Promise.all([gateway.stop(), impatient.stop()])
    await sandbox.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
  })
  const answer = (body: unknown) => sandbox.vault.faults.add({ answer: { kind: 'json', body } })

  const failures: readonly [type: string, code: string][] = [
    ['INVALID_SESSION_ID', 'UNAUTHENTICATED'],
    ['INACTIVE_USER', 'UNAUTHENTICATED'],
    ['PASSWORD_CHANGE_REQUIRED', 'UNAUTHENTICATED'],
    ['INSUFFICIENT_ACCESS', 'FORBIDDEN'],
    ['INVALID_DATA', 'BAD_USER_INPUT'],
    ['PARAMETER_REQUIRED', 'BAD_USER_INPUT'],
    ['INVALID_FILTER', 'BAD_USER_INPUT'],
    ['OPERATION_NOT_ALLOWED', 'CONFLICT'],
    ['OPERATION_IN_PROGRESS', 'CONFLICT'],
    ['ITEM_NAME_EXISTS', 'CONFLICT'],
    ['API_LIMIT_EXCEEDED', 'UPSTREAM_RATE_LIMITED'],
    ['METHOD_NOT_SUPPORTED', 'UPSTREAM_ERROR'],
    ['SDK_ERROR', 'UPSTREAM_ERROR'],
    ['SOMETHING_NEW', 'UPSTREAM_ERROR'],
  ]
  for (const [type, code] of failures) {
    it(`tells ${type} inside HTTP 200 as ${code}, with Vault's words and ids`, async () => {
      sandbox.vault.faults.add({ answer: { kind: 'failure', type, message: 'Vault says why.' } })
      const { errors, data: rest } = await request(gateway, '{ activeJobs { totalCount } }', { headers })
      assert.equal(rest['activeJobs'], null)
      assert.match(errors[0]?.message ?? '', /“Vault says why\.”/)
      const extensions = errors[0]?.extensions ?? {}
      assert.equal(extensions['code'], code)
      const upstream = extensions['upstream'] as Record<string, unknown>
      assert.equal(upstream['service'], 'vault')
      assert.equal(upstream['status'], 200)
      assert.equal(upstream['type'], type)
      assert.match(String(upstream['executionId']), /\S/)
    })
  }

  const brokenAnswers: readonly [title: string, fault: Fault, code: string, calls: number][] = [
    ['an EXCEPTION', { kind: 'exception' }, 'UPSTREAM_UNAVAILABLE', 1],
    ['503', { kind: 'status', status: 503, body: '<html></html>' }, 'UPSTREAM_UNAVAILABLE', 3],
    ['502', { kind: 'status', status: 502 }, 'UPSTREAM_UNAVAILABLE', 3],
    ['500', { kind: 'status', status: 500, body: 'oops' }, 'UPSTREAM_UNAVAILABLE', 1],
    ['401 without an envelope', { kind: 'status', status: 401 }, 'UNAUTHENTICATED', 1],
    ['403 without an envelope', { kind: 'status', status: 403 }, 'FORBIDDEN', 1],
    ['429', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, 'UPSTREAM_RATE_LIMITED', 1],
    ['404', { kind: 'status', status: 404, body: 'no' }, 'UPSTREAM_ERROR', 1],
    ['a redirect', { kind: 'status', status: 302, headers: { location: '/' } }, 'UPSTREAM_ERROR', 1],
    ['HTML in HTTP 200', { kind: 'status', status: 200, body: '<html>' }, 'UPSTREAM_INVALID_RESPONSE', 1],
    ['half an answer', { kind: 'truncate', afterBytes: 10 }, 'UPSTREAM_UNAVAILABLE', 3],
    ['a reset', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE', 3],
    ['silence', { kind: 'stall', afterBytes: 10 }, 'UPSTREAM_TIMEOUT', 1],
  ]
  for (const [title, fault, code, calls] of brokenAnswers) {
    it(`tells ${title} as ${code} after ${calls} calls, and siblings arrive`, async () => {
      sandbox.vault.faults.add({ route: 'job-monitors', answer: fault })
      const { errors, data: rest } = await request(
        fault.kind === 'stall' ? impatient : gateway,
        '{ activeJobs { totalCount } profilingSessions { name } }',
        { headers },
      )
      assert.deepEqual(rest, { activeJobs: null, profilingSessions: [] })
      assert.equal(errors[0]?.extensions?.['code'], code)
      assert.equal(sandbox.vault.calls.count('job-monitors'), calls)
    })
  }

  it('quotes Vault without the credential that Vault, or a proxy, repeats; neither does the log have it', async () => {
    await using logging = await startGateway({ sandbox, env: { LOG_LEVEL: 'trace' } })
    sandbox.vault.addUser({ id: 77, sessionId: 'SECRET-SESSION-77', admin: true })
    for (const authorization of ['SECRET-SESSION-77', 'Bearer SECRET-SESSION-77']) {
      for (const answer of [
        { kind: 'exception', message: `session ${authorization} broke` },
        { kind: 'failure', type: 'SOMETHING_NEW', message: 'SECRET-SESSION-77 is odd' },
      ] as const) {
        sandbox.vault.faults.add({ answer, times: 1 })
        const { errors } = await request(logging, '{ activeJobs { totalCount } }', {
          headers: { authorization },
        })
        assert.match(errors[0]?.message ?? '', /“.*….*”/)
        assert.doesNotMatch(JSON.stringify(errors), /SECRET/)
      }
    }
    await logging.stop()
    assert.match(logging.stderr(), /an upstream failed/)
    assert.doesNotMatch(logging.stderr(), /SECRET/)
  })

  it('pages by what Vault tells, as text or not at all', async () => {
    const jobs = Array.from({ length: 50 }, (_, index) => ({ job_id: index + 1, status: 'RUNNING' }))
    const cases = [
      { responseDetails: { total: '73', limit: '50', offset: '0' }, totalCount: 73, hasNextPage: true },
      { responseDetails: { total: 'many' }, totalCount: 50, hasNextPage: false },
      { responseDetails: undefined, totalCount: 50, hasNextPage: true },
    ]
    for (const { responseDetails, ...expected } of cases) {
      const fault = answer({ ...ok, jobs, responseDetails })
      const { activeJobs } = await data<{
        activeJobs: { totalCount: number; pageInfo: { hasNextPage: boolean } }
      }>(gateway, '{ activeJobs { totalCount pageInfo { hasNextPage } } }', { headers })
      fault.remove()
      const { totalCount, pageInfo } = activeJobs
      assert.deepEqual({ totalCount, hasNextPage: pageInfo.hasNextPage }, expected)
    }
  })

  it('hands retryAfter on', async () => {
    const limit = { kind: 'status', status: 429, headers: { 'retry-after': '7' } } as const
    sandbox.vault.faults.add({ answer: limit })
    const { errors } = await request(gateway, '{ activeJobs { totalCount } }', { headers })
    assert.equal(errors[0]?.extensions?.['retryAfter'], 7)
  })

  it('recovers by a retry that nobody sees', async () => {
    sandbox.vault.faults.add({ times: 2, answer: { kind: 'status', status: 503 } })
    await data(gateway, '{ activeJobs { totalCount } }', { headers })
    assert.equal(sandbox.vault.calls.count('job-monitors'), 3)
  })

  it('takes a WARNING for the success that it is', async () => {
    sandbox.vault.faults.add({ answer: { kind: 'warning', type: 'X', message: 'careful' } })
    await data(gateway, '{ activeJobs { totalCount } }', { headers })
  })

  for (const type of ['INVALID_DATA', 'MALFORMED_URL']) {
    it(`takes ${type} on a look-up by key for "there is none"`, async () => {
      sandbox.vault.unknownKeyErrorType = type
      const found = await data(
        gateway,
        '{ job(id: "99") { id } profilingSession(name: "none__c") { id } uploadSession(id: "none") { id } }',
        { headers: { authorization: 'Bearer sandbox-demo' } },
      )
      assert.deepEqual(found, { job: null, profilingSession: null, uploadSession: null })
      sandbox.vault.unknownKeyErrorType = 'INVALID_DATA'
    })
  }

  it('reads ids as numbers or texts, missing and additional fields, and unknown statuses', async () => {
    answer({
      ...ok,
      responseDetails: { total: 2, limit: 50, offset: 0, more: true },
      jobs: [
        { job_id: 7001, status: 'RUNNING', created_by: 12, surprise: { a: 1 } },
        { job_id: '7002', status: 'Meditating', created_by: '13', title: null, run_start_date: '' },
      ],
    })
    const { activeJobs } = await data<{ activeJobs: { nodes: unknown[] } }>(
      gateway,
      '{ activeJobs { nodes { id status rawStatus isFinished title createdBy createdDate runStartDate } } }',
      { headers },
    )
    const missing = { title: null, createdDate: null, runStartDate: null, isFinished: false }
    assert.deepEqual(activeJobs.nodes, [
      { id: '7001', status: 'RUNNING', rawStatus: 'RUNNING', createdBy: '12', ...missing },
      { id: '7002', status: 'UNKNOWN', rawStatus: 'Meditating', createdBy: '13', ...missing },
    ])
  })

  it('reads a task’s `state` or `status`, and makes its id unique across jobs', async () => {
    const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
    sandbox.vault.faults.add({
      route: 'job-tasks',
      answer: {
        kind: 'json',
        body: {
          ...ok,
          job_id: id,
          tasks: [
            { id: 'Task1', state: 'SUCCESS' },
            { id: 2, status: 'QUEUED' },
          ],
        },
      },
    })
    const { job } = await data<{ job: { tasks: { nodes: unknown } } }>(
      gateway,
      `{ job(id: "${id}") { tasks { nodes { id taskId state rawState job { id } } } } }`,
      { headers },
    )
    assert.deepEqual(job.tasks.nodes, [
      { id: `${id}/Task1`, taskId: 'Task1', state: 'SUCCESS', rawState: 'SUCCESS', job: { id: `${id}` } },
      { id: `${id}/2`, taskId: '2', state: 'QUEUED', rawState: 'QUEUED', job: { id: `${id}` } },
    ])
  })

  for (const type of ['INVALID_DATA', 'MALFORMED_URL']) {
    it(`has no tasks, and no error, of a job that is gone since: ${type}`, async () => {
      const { id } = sandbox.vault.addJob({ status: 'RUNNING' })
      sandbox.vault.faults.add({ route: 'job-tasks', answer: { kind: 'failure', type } })
      const answer = await data(gateway, `{ job(id: "${id}") { id tasks { totalCount } } }`, { headers })
      assert.deepEqual(answer, { job: { id: `${id}`, tasks: null } })
    })
  }

  it('reads progress leniently, drops what it cannot read and never fails the job for it', async () => {
    const { id } = sandbox.vault.addJob({
      status: 'RUNNING',
      progress: [{ status: 'SUCCESS', size: '3' }, { state: 'QUEUED', size: 2 }, { size: 1 }, 'x', null],
    })
    const other = sandbox.vault.addJob({ status: 'RUNNING', progress: 'half' })
    const answers = await data(
      gateway,
      `{ a: job(id: "${id}") { progress { status size } } b: job(id: "${other.id}") { progress { size } } }`,
      { headers },
    )
    assert.deepEqual(answers['a'], {
      progress: [
        { status: 'SUCCESS', size: 3 },
        { status: 'QUEUED', size: 2 },
      ],
    })
    assert.deepEqual(answers['b'], { progress: null })
  })

  it('names the field that has a wrong shape', async () => {
    answer({
      ...ok,
      jobs: [
        { job_id: 1, status: 'RUNNING' },
        { job_id: 2, status: 5 },
      ],
    })
    const { errors } = await request(gateway, '{ activeJobs { totalCount } }', { headers })
    assert.deepEqual(codesOf({ errors }), ['UPSTREAM_INVALID_RESPONSE'])
    assert.match(errors[0]?.message ?? '', /`jobs\.1\.status`/)
  })

  it('hands dates on as Vault printed them', async () => {
    answer({
      ...ok,
      data: [
        {
          id: '0LS1',
          name: 'a__c',
          label: 'A',
          status: 'complete__sys',
          created_date: '2016-04-20T18:14:42.000Z',
          expiration_date: '2016-05-20T18:14:42Z',
        },
      ],
    })
    const { profilingSessions } = await data<{ profilingSessions: unknown[] }>(
      gateway,
      '{ profilingSessions { id name label description status userId createdDate expirationDate } }',
      { headers },
    )
    assert.deepEqual(profilingSessions, [
      {
        id: '0LS1',
        name: 'a__c',
        label: 'A',
        description: null,
        status: 'COMPLETE',
        userId: null,
        createdDate: '2016-04-20T18:14:42.000Z',
        expirationDate: '2016-05-20T18:14:42Z',
      },
    ])
  })

  it('follows links of a list, relative or absolute, to the configured Vault only', async () => {
    const session = (id: string) => ({
      id,
      path: `/u1/${id}.zip`,
      owner: 1,
      created_date: '2026-01-01T00:00:00.000Z',
      last_uploaded_date: '2026-01-01T00:00:00.000Z',
      expiration_date: '2026-01-04T00:00:00.000Z',
      uploaded_parts: 0,
      size: 0,
      uploaded: 0,
    })
    const page = (id: string, nextPage?: string) => ({
      ...ok,
      data: [session(id)],
      responseDetails: nextPage === undefined ? {} : { next_page: nextPage },
    })
    const path = '/api/v26.1/services/file_staging/upload'
    const pages = [
      page('a', `${path}?page=2`),
      page('b', `${sandbox.vault.url}${path}?page=3`),
      page('c', `http://127.0.0.1:1${path}?page=4`),
      page('d'),
    ]
    for (const body of pages) sandbox.vault.faults.add({ times: 1, answer: { kind: 'json', body } })
    const { uploadSessions } = await data<{
      uploadSessions: { id: string; name: string; progress: number }[]
    }>(gateway, '{ uploadSessions { id name progress } }', { headers })
    assert.deepEqual(
      uploadSessions.map(({ id }) => id),
      ['a', 'b', 'c', 'd'],
    )
    assert.deepEqual(uploadSessions[0], { id: 'a', name: 'a.zip', progress: 1 })
    assert.deepEqual(
      sandbox.vault.calls.of('upload-sessions').map(({ query }) => query.get('page')),
      [null, '2', '3', '4'],
    )
  })

  it('does not follow a link out of the API', async () => {
    sandbox.vault.faults.add({
      times: 1,
      answer: { kind: 'json', body: { ...ok, data: [], responseDetails: { next_page: '/login?x=1' } } },
    })
    const answered = await request(gateway, '{ uploadSessions { id } }', { headers })
    assert.deepEqual(codesOf(answered), ['UPSTREAM_INVALID_RESPONSE'])
    assert.equal(sandbox.vault.calls.count(), 1)
  })

  it('tells sizes beyond 32 bits exactly', async () => {
    const id = sandbox.vault.addUploadSession({
      path: '/big.tar',
      sizeBytes: 500_000_000_000,
      uploadedBytes: 0,
    })
    const { uploadSession } = await data<{ uploadSession: { size: number } }>(
      gateway,
      `{ uploadSession(id: "${id}") { size } }`,
      { headers },
    )
    assert.equal(uploadSession.size, 500_000_000_000)
  })
})

describe('startJob', () => {
  it('starts a scheduled job by one POST and reads it afresh', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    await using gateway = await startGateway({ sandbox })
    const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    await data(gateway, `{ job(id: "${id}") { status } }`, { headers })
    const answered = await data(gateway, `mutation { startJob(id: "${id}") { job { id status } } }`, {
      headers,
    })
    assert.deepEqual(answered, { startJob: { job: { id: String(id), status: 'QUEUED' } } })
    const [call] = sandbox.vault.calls.of('job-start')
    assert.equal(call?.method, 'POST')
    assert.equal(call?.path, `/api/v26.1/services/jobs/start_now/${id}`)

    const again = await request(gateway, `mutation { startJob(id: "${id}") { job { id } } }`, { headers })
    assert.deepEqual(codesOf(again), ['CONFLICT'])
    const unknown = await request(gateway, 'mutation { startJob(id: "99") { job { id } } }', { headers })
    assert.deepEqual(codesOf(unknown), ['NOT_FOUND'])
    await sandbox.stop()
  })

  it('is never sent twice, and says that it may have been carried out', async () => {
    const sandbox = await startSandbox({ scene: 'empty' })
    await using gateway = await startGateway({ sandbox, env: { UPSTREAM_TIMEOUT_MS: '2000' } })
    const { id } = sandbox.vault.addJob({ status: 'SCHEDULED' })
    const faults: readonly Fault[] = [
      { kind: 'reset' },
      { kind: 'status', status: 503 },
      { kind: 'stall', afterBytes: 5 },
    ]
    for (const answer of faults) {
      sandbox.vault.faults.add({ route: 'job-start', times: 1, answer })
      sandbox.vault.calls.clear()
      const lost = await request(gateway, `mutation { startJob(id: "${id}") { job { id } } }`, { headers })
      assert.match(String(codesOf(lost)[0]), /^UPSTREAM_(TIMEOUT|UNAVAILABLE)$/)
      assert.equal(sandbox.vault.calls.count('job-start'), 1)
      if (answer.kind !== 'status') assert.match(lost.errors[0]?.message ?? '', /may have been carried out/)
    }
    await sandbox.stop()
  })
})

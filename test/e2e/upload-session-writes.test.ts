import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { codesOf, data, request } from '../support/graphql.ts'
import { sendPart } from '../support/upload.ts'
import { subscribe } from '../support/websocket.ts'

const partSizeBytes = 5_000_000
const demo = { authorization: 'sandbox-demo' }
const create = `mutation ($input: CreateUploadSessionInput!) {
  createUploadSession(input: $input) { uploadSession { id path name size uploaded uploadedParts progress owner } }
}`
const commit =
  'mutation ($id: ID!) { commitUploadSession(id: $id) { jobId job { id status links { rel } } } }'
const abort = 'mutation ($id: ID!) { abortUploadSession(id: $id) { id } }'
const md5Of = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

interface Created {
  readonly createUploadSession: { readonly uploadSession: { readonly id: string } & Record<string, unknown> }
}
interface Committed {
  readonly commitUploadSession: { readonly jobId: string; readonly job: { readonly status: string } | null }
}
interface PartsOf {
  readonly uploadSession: {
    readonly parts: {
      readonly totalCount: number
      readonly nodes: readonly { readonly partNumber: number; readonly size: number }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    } | null
  }
}

describe('an upload', () => {
  let sandbox: Sandbox
  let gateway: Gateway
  /** For what is silent alone: the sandbox lives in this process, and a pause of it must not be taken for silence. */
  let impatient: Gateway
  let files = 0

  before(async () => {
    sandbox = await startSandbox({ scene: 'empty', jobStatusWindowMs: 20 })
    sandbox.vault.addUser({ id: 1, sessionId: 'alice' })
    sandbox.vault.addUser({ id: 2, sessionId: 'bob' })
    const env = { POLL_INTERVAL_MS: '20', JOB_STATUS_WINDOW_MS: '20' }
    ;[gateway, impatient] = await Promise.all([
      startGateway({ sandbox, env }),
      startGateway({ sandbox, env: { ...env, UPSTREAM_TIMEOUT_MS: '2000' } }),
    ])
  })
  after(async () => {
    await Promise.all([gateway.stop(), impatient.stop()])
    await sandbox.stop()
  })
  afterEach(() => {
    sandbox.vault.faults.clear()
    sandbox.vault.calls.clear()
    sandbox.vault.uploadListPageSize = undefined
  })

  const begin = async (size: number, headers = demo) => {
    files += 1
    const input = { path: `/imports/file-${files}.bin`, size }
    const { createUploadSession } = await data<Created>(gateway, create, { variables: { input }, headers })
    return { id: createUploadSession.uploadSession.id, path: input.path }
  }
  const partsOf = async (id: string, page: { first?: number; after?: string | null } = {}) => {
    const answer = await data<PartsOf>(
      gateway,
      `query ($id: ID!, $first: Int, $after: String) { uploadSession(id: $id) { parts(first: $first, after: $after) {
        totalCount nodes { partNumber size contentMd5 } pageInfo { hasNextPage endCursor } } } }`,
      { variables: { id, ...page }, headers: demo },
    )
    return answer.uploadSession.parts
  }

  it('lives from its creation to the end of the job that puts the file together, each write sent once', async () => {
    const bytes = randomBytes(12_000_000)
    const input = { path: '/imports/whole-life.bin', size: bytes.length }
    const { createUploadSession } = await data<Created>(gateway, create, {
      variables: { input },
      headers: demo,
    })
    const { id, ...session } = createUploadSession.uploadSession
    assert.deepEqual(session, {
      path: '/imports/whole-life.bin',
      name: 'whole-life.bin',
      size: 12_000_000,
      uploaded: 0,
      uploadedParts: 0,
      progress: 0,
      owner: '1001',
    })
    await using progress = subscribe<{ uploadSessionUpdated: { uploaded: number } }>(
      gateway,
      'subscription ($id: ID!) { uploadSessionUpdated(id: $id) { uploaded } }',
      { variables: { id }, connectionParams: demo },
    )
    const uploaded = async () => (await progress.next()).data?.uploadSessionUpdated.uploaded
    assert.equal(await uploaded(), 0)
    const parts = [0, 1, 2].map((index) => bytes.subarray(index * partSizeBytes, (index + 1) * partSizeBytes))
    for (const [index, part] of parts.entries()) {
      const { status, body } = await sendPart(gateway, part, { id, partNumber: index + 1 })
      assert.deepEqual(
        [status, body],
        [200, { partNumber: index + 1, size: part.length, contentMd5: md5Of(part) }],
      )
      assert.equal(await uploaded(), Math.min(bytes.length, (index + 1) * partSizeBytes))
    }
    assert.deepEqual(await partsOf(id), {
      totalCount: 3,
      nodes: parts.map((part, index) => ({
        partNumber: index + 1,
        size: part.length,
        contentMd5: md5Of(part),
      })),
      pageInfo: { hasNextPage: false, endCursor: (await partsOf(id))?.pageInfo.endCursor },
    })
    const { commitUploadSession } = await data<Committed>(gateway, commit, {
      variables: { id },
      headers: demo,
    })
    assert.equal(commitUploadSession.job?.status, 'QUEUED')
    assert.ok(await progress.completes(), 'the session is gone')
    await using job = subscribe<{ jobUpdated: { job: { status: string } } }>(
      gateway,
      'subscription ($id: ID!) { jobUpdated(id: $id) { job { status } } }',
      { variables: { id: commitUploadSession.jobId }, connectionParams: demo },
    )
    const status = async () => (await job.next()).data?.jobUpdated.job.status
    assert.equal(await status(), 'QUEUED')
    sandbox.vault.setJobStatus(Number(commitUploadSession.jobId), 'SUCCESS')
    assert.equal(await status(), 'SUCCESS')
    assert.deepEqual(
      sandbox.vault.stagedFile('/imports/whole-life.bin')?.map(({ md5 }) => md5),
      parts.map(md5Of),
    )
    const { calls } = sandbox.vault
    assert.deepEqual(
      [calls.count('upload-create'), calls.count('upload-part'), calls.count('upload-commit')],
      [1, 3, 1],
    )
  })

  it('sends Vault what it documents', async () => {
    const { id } = await begin(3)
    const [created] = sandbox.vault.calls.of('upload-create')
    assert.deepEqual(Object.fromEntries(created?.form ?? []), {
      path: `/imports/file-${files}.bin`,
      size: '3',
      overwrite: 'false',
    })
    await sendPart(gateway, Buffer.from('abc'), {
      id,
      headers: { 'content-md5': 'kAFQmDzST7DWlj99KOF/cg==' },
    })
    const [part] = sandbox.vault.calls.of('upload-part')
    assert.deepEqual(
      ['content-type', 'content-length', 'x-vaultapi-filepartnumber', 'content-md5', 'authorization'].map(
        (name) => part?.headers[name],
      ),
      ['application/octet-stream', '3', '1', 'kAFQmDzST7DWlj99KOF/cg==', 'sandbox-demo'],
    )
    await data(gateway, commit, { variables: { id }, headers: demo })
    const [committed] = sandbox.vault.calls.of('upload-commit')
    assert.equal(committed?.headers['content-type'], 'application/json')
    assert.equal(committed?.headers['content-length'] ?? '0', '0')
    assert.equal(sandbox.vault.calls.count('job-status'), 1, 'which tells the links of the job too')
  })

  it('goes on from the parts that have arrived, and a part that is sent again takes the place of the first', async () => {
    const { id, path } = await begin(12_000_000)
    const [first, second, last] = [
      randomBytes(partSizeBytes),
      randomBytes(partSizeBytes),
      randomBytes(2_000_000),
    ]
    await sendPart(gateway, randomBytes(partSizeBytes), { id })
    assert.deepEqual(
      (await partsOf(id))?.nodes.map(({ partNumber }) => partNumber),
      [1],
    )
    for (const [partNumber, body] of [
      [1, first],
      [2, second],
      [3, randomBytes(2_000_000)],
      [3, last],
    ] as const) {
      assert.equal((await sendPart(gateway, body, { id, partNumber })).status, 200)
    }
    await data(gateway, commit, { variables: { id }, headers: demo })
    assert.deepEqual(
      sandbox.vault.stagedFile(path)?.map(({ md5 }) => md5),
      [first, second, last].map(md5Of),
    )
  })

  it('that is aborted is gone for queries and subscriptions at once', async () => {
    const { id } = await begin(10)
    await using progress = subscribe(
      gateway,
      'subscription ($id: ID!) { uploadSessionUpdated(id: $id) { uploaded } }',
      { variables: { id }, connectionParams: demo },
    )
    await progress.next()
    const both = `mutation ($id: ID!) { abortUploadSession(id: $id) { id } }`
    assert.deepEqual(await data(gateway, both, { variables: { id }, headers: demo }), {
      abortUploadSession: { id },
    })
    assert.deepEqual(
      await data(gateway, 'query ($id: ID!) { uploadSession(id: $id) { id } }', {
        variables: { id },
        headers: demo,
      }),
      { uploadSession: null },
    )
    assert.ok(await progress.completes())
    assert.equal(sandbox.vault.calls.count('upload-abort'), 1)
  })

  it('tells what is wrong with its creation', async () => {
    const input = (more: object) => ({
      variables: { input: { path: '/a', size: 1, ...more } },
      headers: demo,
    })
    for (const more of [{ path: ' ' }, { size: -1 }]) {
      assert.deepEqual(codesOf(await request(gateway, create, input(more))), ['BAD_USER_INPUT'])
    }
    assert.equal(sandbox.vault.calls.count('upload-create'), 0)
    assert.deepEqual(codesOf(await request(gateway, create, input({ size: 500_000_000_001 }))), [
      'BAD_USER_INPUT',
    ])
    const { id, path } = await begin(0)
    await data(gateway, commit, { variables: { id }, headers: demo })
    assert.deepEqual(codesOf(await request(gateway, create, input({ path }))), ['CONFLICT'])
    assert.deepEqual(codesOf(await request(gateway, create, input({ path, overwrite: true }))), [])
  })

  it('is refused beyond the fifty that Vault allows, in the words of Vault', async () => {
    const vault = await startSandbox({ scene: 'empty' })
    await using other = await startGateway({ sandbox: vault })
    for (let count = 0; count < 50; count += 1) vault.vault.addUploadSession({ path: '/x', sizeBytes: 1 })
    const { errors } = await request(other, create, {
      variables: { input: { path: '/y', size: 1 } },
      headers: demo,
    })
    assert.equal(errors[0]?.extensions?.['code'], 'CONFLICT')
    assert.match(errors[0]?.message ?? '', /50 active upload sessions/)
    await vault.stop()
  })

  it('that is not there is NOT_FOUND, and one that is not whole is a conflict that says what is missing', async () => {
    for (const type of ['INVALID_DATA', 'MALFORMED_URL']) {
      sandbox.vault.unknownKeyErrorType = type
      for (const mutation of [commit, abort]) {
        const answer = await request(gateway, mutation, { variables: { id: 'nothing' }, headers: demo })
        assert.deepEqual(codesOf(answer), ['NOT_FOUND'])
      }
      assert.equal((await sendPart(gateway, Buffer.from('abc'), { id: 'nothing' })).code, 'NOT_FOUND')
    }
    sandbox.vault.unknownKeyErrorType = 'INVALID_DATA'
    const { id } = await begin(6_000_000)
    await sendPart(gateway, randomBytes(partSizeBytes), { id })
    for (const type of ['OPERATION_NOT_ALLOWED', 'INVALID_DATA']) {
      const fault = sandbox.vault.faults.add({ route: 'upload-commit', answer: { kind: 'failure', type } })
      const answer = await request(gateway, commit, { variables: { id }, headers: demo })
      assert.deepEqual(codesOf(answer), ['CONFLICT'])
      assert.match(answer.errors[0]?.message ?? '', /5000000 of 6000000 bytes .* part 2 is next/)
      assert.equal(fault.used(), 1)
      fault.remove()
    }
    await sendPart(gateway, randomBytes(1_000_000), { id, partNumber: 2 })
    sandbox.vault.faults.add({ route: 'upload-commit', answer: { kind: 'failure', type: 'INVALID_DATA' } })
    assert.deepEqual(codesOf(await request(gateway, commit, { variables: { id }, headers: demo })), [
      'BAD_USER_INPUT',
    ])
  })

  const lostAnswers = [
    ['reset', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
    ['cut off', { kind: 'truncate', afterBytes: 10 }, 'UPSTREAM_UNAVAILABLE'],
    ['late', { kind: 'hold' }, 'UPSTREAM_TIMEOUT'],
    ['a proxy’s 502', { kind: 'status', status: 502 }, 'UPSTREAM_UNAVAILABLE'],
  ] as const
  for (const [title, answer, code] of lostAnswers) {
    it(`whose answer is ${title} is not written again, and says to look first`, async () => {
      const { id } = await begin(3)
      await sendPart(gateway, Buffer.from('abc'), { id })
      sandbox.vault.calls.clear()
      const writes = [
        ['upload-create', create, { input: { path: '/lost', size: 1 } }],
        ['upload-commit', commit, { id }],
        ['upload-abort', abort, { id }],
      ] as const
      const sender = answer.kind === 'hold' ? impatient : gateway
      for (const [route, mutation, variables] of writes) {
        const fault = sandbox.vault.faults.add({ route, answer })
        const { errors } = await request(sender, mutation, { variables, headers: demo })
        assert.equal(errors[0]?.extensions?.['code'], code, route)
        assert.match(errors[0]?.message ?? '', /look before you try again/)
        assert.equal(sandbox.vault.calls.count(route), 1)
        fault.release()
      }
    })
  }

  it('whose answer is no use is not written again, and says to look first', async () => {
    const { id } = await begin(3)
    const useless = { kind: 'json', body: { responseStatus: 'SUCCESS', data: {} } } as const
    const writes = [
      ['upload-create', create, { input: { path: '/lost', size: 1 } }],
      ['upload-commit', commit, { id }],
    ] as const
    for (const [route, mutation, variables] of writes) {
      const fault = sandbox.vault.faults.add({ route, answer: useless })
      const { errors } = await request(gateway, mutation, { variables, headers: demo })
      assert.equal(errors[0]?.extensions?.['code'], 'UPSTREAM_INVALID_RESPONSE', route)
      assert.match(errors[0]?.message ?? '', /look before you try again/)
      assert.equal(fault.used(), 1)
    }
    const fault = sandbox.vault.faults.add({ route: 'upload-part', answer: useless })
    const part = await sendPart(gateway, Buffer.from('abc'), { id })
    assert.equal(part.code, 'UPSTREAM_INVALID_RESPONSE')
    assert.match(part.message, /look before you try again/)
    assert.equal(fault.used(), 1)
  })

  it('whose commit is sent is seen at once by who follows all active jobs, also where its answer is lost', async () => {
    const env = { POLL_INTERVAL_MS: '600000' }
    await using patient = await startGateway({ sandbox, env })
    const known = sandbox.vault.addJob()
    await using all = subscribe<{ activeJobsUpdated: { job: { id: string; status: string } } }>(
      patient,
      'subscription { activeJobsUpdated { job { id status } } }',
      { connectionParams: demo },
    )
    const jobs = new Set<string>()
    while (!jobs.has(String(known.id))) jobs.add((await all.next()).data?.activeJobsUpdated.job.id ?? '')
    const ofNext = async () => (await all.next()).data?.activeJobsUpdated.job
    const { id } = await begin(0)
    const { commitUploadSession } = await data<Committed>(patient, commit, {
      variables: { id },
      headers: demo,
    })
    assert.equal((await ofNext())?.id, commitUploadSession.jobId)
    const other = await begin(0)
    sandbox.vault.faults.add({ route: 'upload-commit', answer: { kind: 'truncate', afterBytes: 5 } })
    const lost = await request(patient, commit, { variables: { id: other.id }, headers: demo })
    assert.deepEqual(codesOf(lost), ['UPSTREAM_UNAVAILABLE'])
    assert.equal((await ofNext())?.id, String(Number(commitUploadSession.jobId) + 1))
  })

  it('that was committed tells the id of its job also when the job cannot be read', async () => {
    const { id } = await begin(0)
    sandbox.vault.faults.add({
      route: 'job-status',
      answer: { kind: 'failure', type: 'INSUFFICIENT_ACCESS' },
    })
    const answer = await request<Committed>(gateway, commit, { variables: { id }, headers: demo })
    assert.deepEqual(codesOf(answer), ['FORBIDDEN'])
    assert.match(answer.data.commitUploadSession.jobId, /^\d+$/)
    assert.equal(answer.data.commitUploadSession.job, null)
  })

  it('of one user is none of another’s', async () => {
    const [alice, bob] = [{ authorization: 'alice' }, { authorization: 'bob' }]
    const [ofAlice, ofBob] = await Promise.all([begin(3, alice), begin(3, bob)])
    const [bytesOfAlice, bytesOfBob] = [Buffer.from('aaa'), Buffer.from('bbb')]
    const ofAdmin = await sendPart(gateway, bytesOfBob, { id: ofAlice.id, headers: demo })
    assert.equal(ofAdmin.code, 'FORBIDDEN', 'an admin sees it, and only its owner can send parts')
    const answers = await Promise.all([
      sendPart(gateway, bytesOfAlice, { id: ofAlice.id, headers: alice }),
      sendPart(gateway, bytesOfBob, { id: ofBob.id, headers: bob }),
      sendPart(gateway, bytesOfBob, { id: ofAlice.id, headers: bob }),
    ])
    assert.deepEqual(
      answers.map(({ status, code }) => [status, code]),
      [
        [200, undefined],
        [200, undefined],
        [404, 'NOT_FOUND'],
      ],
    )
    for (const mutation of [commit, abort]) {
      const answer = await request(gateway, mutation, { variables: { id: ofAlice.id }, headers: bob })
      assert.deepEqual(codesOf(answer), ['NOT_FOUND'])
    }
    for (const [{ id, path }, headers, bytes] of [
      [ofAlice, alice, bytesOfAlice],
      [ofBob, bob, bytesOfBob],
    ] as const) {
      await data(gateway, commit, { variables: { id }, headers })
      assert.deepEqual(
        sandbox.vault.stagedFile(path)?.map(({ md5 }) => md5),
        [md5Of(bytes)],
      )
    }
  })

  it('has its parts in pages, whatever pages Vault gives, and other lists’ cursors are refused', async () => {
    const sizeBytes = 60 * partSizeBytes
    const add = () => sandbox.vault.addUploadSession({ path: '/many', sizeBytes, uploadedBytes: sizeBytes })
    const id = add()
    sandbox.vault.uploadListPageSize = 7
    const first = await partsOf(id)
    assert.equal(first?.nodes.length, 50)
    assert.deepEqual([first?.totalCount, first?.pageInfo.hasNextPage], [60, true])
    const second = await partsOf(id, { after: first?.pageInfo.endCursor ?? null })
    assert.deepEqual(
      [...(first?.nodes ?? []), ...(second?.nodes ?? [])].map(({ partNumber }) => partNumber),
      Array.from({ length: 60 }, (_, index) => index + 1),
    )
    assert.equal(second?.pageInfo.hasNextPage, false)
    sandbox.vault.uploadListPageSize = undefined
    const wrong = [
      { id, first: 0 },
      { id, first: 201 },
      { id, after: 'x' },
      { id: add(), after: first?.pageInfo.endCursor },
    ]
    for (const variables of wrong) {
      const answer = await request<PartsOf>(
        gateway,
        'query ($id: ID!, $first: Int, $after: String) { uploadSession(id: $id) { parts(first: $first, after: $after) { totalCount } } }',
        { variables, headers: demo },
      )
      assert.deepEqual(codesOf(answer), ['BAD_USER_INPUT'])
      assert.deepEqual(answer.data.uploadSession, { parts: null })
    }
  })
})

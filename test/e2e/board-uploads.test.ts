import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { type BoardStage, startBoardStage } from '../support/board.ts'
import { browserMissing } from '../support/browser.ts'

const partSizeBytes = 5_242_880
const bytes = randomBytes(2.5 * partSizeBytes)
const digests = [0, 1, 2].map((index) =>
  createHash('md5')
    .update(bytes.subarray(index * partSizeBytes, (index + 1) * partSizeBytes))
    .digest('hex'),
)

describe('the uploads of the board', { skip: browserMissing, timeout: 120_000 }, () => {
  let stage: BoardStage
  let folder: string
  const fileNamed = async (name: string) => {
    const path = join(folder, name)
    await writeFile(path, bytes)
    return path
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'board-uploads-'))
    stage = await startBoardStage()
  })
  after(async () => {
    await stage?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const digestsOf = (path: string) => stage.sandbox.vault.stagedFile(path)?.map(({ md5 }) => md5)
  const finishJob = async (page: Page) => {
    const text = await page.getByText(/^Job \d+ puts/).innerText()
    stage.sandbox.vault.setJobStatus(Number(/\d+/.exec(text)?.[0]), 'SUCCESS')
  }

  it('a chosen file is uploaded, and the job that puts it together is followed to its end', async () => {
    await using board = await stage.open({ route: '#/uploads' })
    const { page } = board
    await page.getByText('No upload is under way').waitFor()
    await page.getByLabel('Folder in file staging').fill('u1001/in/')
    await page.getByLabel('Choose files').setInputFiles(await fileNamed('products.bin'))
    const arrived = page.getByRole('region', { name: 'Arrived' })
    await arrived.getByRole('heading', { name: 'products.bin' }).waitFor()
    await finishJob(page)
    await arrived.getByText('In file staging at /u1001/in/products.bin').waitFor()
    await arrived.getByText('Succeeded').waitFor()
    assert.deepEqual(digestsOf('/u1001/in/products.bin'), digests)
    await page.getByText('No upload is under way').waitFor()
    assert.deepEqual(board.faults, [])
  })

  it('a file that is dropped is uploaded too', async () => {
    await using board = await stage.open({ route: '#/uploads' })
    const { page } = board
    const zone = page.getByRole('region', { name: 'New upload' })
    const data = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['dropped'], 'dropped.txt'))
      return transfer
    })()`)
    await zone.dispatchEvent('drop', { dataTransfer: data })
    await page
      .getByRole('region', { name: 'Arrived' })
      .getByRole('heading', { name: 'dropped.txt' })
      .waitFor()
    assert.equal(stage.sandbox.vault.stagedFile('/u1001/dropped.txt')?.length, 1)
    const isKept = await page.evaluate(`(() => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['beside'], 'beside.txt'))
      const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true })
      document.querySelector('h1').dispatchEvent(drop)
      return drop.defaultPrevented
    })()`)
    assert.ok(isKept, 'the browser would open a file that is dropped beside it, and the page would be gone')
    assert.deepEqual(board.faults, [])
  })

  it('after a reload in the middle it goes on with what is missing, once the same file is chosen again', async () => {
    const { vault } = stage.sandbox
    vault.calls.clear()
    await using board = await stage.open({ route: '#/uploads' })
    const { page } = board
    vault.faults.add({ route: 'upload-part', times: 1, answer: { kind: 'delay', delayMs: 0 } })
    const held = vault.faults.add({ route: 'upload-part', answer: { kind: 'hold' } })
    const second = vault.calls.next('upload-part', isPart('2'))
    const path = await fileNamed('images.bin')
    await page.getByLabel('Choose files').setInputFiles(path)
    await second
    await page.reload()
    await vault.calls.aborted('upload-part')
    held.remove()

    await page.getByText('The browser forgets a file at a reload').waitFor()
    assert.equal(
      await page.getByRole('progressbar', { name: 'Upload of images.bin' }).getAttribute('value'),
      '0.4',
    )
    const again = page.getByLabel('Choose images.bin again')
    await again.setInputFiles(await fileNamed('others.bin'))
    await page
      .getByRole('alert')
      .getByText(/others\.bin was changed since/)
      .waitFor()
    await again.setInputFiles(path)
    await page.getByRole('region', { name: 'Arrived' }).getByRole('heading', { name: 'images.bin' }).waitFor()
    assert.deepEqual(digestsOf('/u1001/images.bin'), digests)
    const sent = vault.calls.of('upload-part').map(({ headers }) => headers['x-vaultapi-filepartnumber'])
    assert.deepEqual(sent, ['1', '2', '2', '3'])
    assert.deepEqual(board.faults, [])
  })

  it('is not sent by two pages at once, which says so', async () => {
    const { vault } = stage.sandbox
    vault.calls.clear()
    await using board = await stage.open({ route: '#/uploads' })
    const { page } = board
    const held = vault.faults.add({ route: 'upload-part', answer: { kind: 'hold' } })
    const first = vault.calls.next('upload-part')
    const path = await fileNamed('twice.bin')
    await page.getByLabel('Choose files').setInputFiles(path)
    await first
    const other = await page.context().newPage()
    await other.goto(page.url())
    await other.getByLabel('Choose twice.bin again').setInputFiles(path)
    await other.getByRole('alert').getByText('Another page of this browser sends this file.').waitFor()
    assert.equal(vault.calls.count('upload-part'), 1)
    held.release()
    await page.getByRole('region', { name: 'Arrived' }).getByRole('heading', { name: 'twice.bin' }).waitFor()
    assert.deepEqual(digestsOf('/u1001/twice.bin'), digests)
  })

  it('pauses, goes on without the file being chosen again, and tells why it stopped by itself', async () => {
    const { vault } = stage.sandbox
    await using board = await stage.open({ route: '#/uploads' })
    const { page } = board
    const held = vault.faults.add({ route: 'upload-part', answer: { kind: 'hold' } })
    const first = vault.calls.next('upload-part')
    await page.getByLabel('Choose files').setInputFiles(await fileNamed('paused.bin'))
    await first
    await page.getByRole('button', { name: 'Pause paused.bin' }).click()
    await vault.calls.aborted('upload-part')
    held.remove()
    vault.faults.add({ route: 'upload-part', times: 1, answer: { kind: 'reset' } })
    await page.getByRole('button', { name: 'Go on with paused.bin' }).click()
    await page
      .getByRole('alert')
      .getByText(/look before you try again/)
      .waitFor()
    await page.getByRole('button', { name: 'Go on with paused.bin' }).click()
    await page.getByRole('region', { name: 'Arrived' }).getByRole('heading', { name: 'paused.bin' }).waitFor()
    assert.deepEqual(digestsOf('/u1001/paused.bin'), digests)
  })

  it('sends three files at a time, so that the rest of the board keeps a connection', async () => {
    const { vault } = stage.sandbox
    vault.calls.clear()
    await using board = await stage.open({ route: '#/uploads' })
    const { page } = board
    const held = vault.faults.add({ route: 'upload-part', answer: { kind: 'hold' } })
    const names = ['one', 'two', 'three', 'four', 'five'].map((name) => `${name}.bin`)
    await page.getByLabel('Choose files').setInputFiles(await Promise.all(names.map(fileNamed)))
    const waiting = page.getByText('Waits for its turn')
    await waiting.nth(1).waitFor()
    assert.equal(await waiting.count(), 2)
    const [last = ''] = await page
      .getByRole('listitem')
      .filter({ has: waiting })
      .getByRole('heading')
      .allInnerTexts()
    await page.getByRole('button', { name: `Pause ${last}` }).click()
    await page.getByRole('button', { name: `Go on with ${last}` }).waitFor()
    held.release()
    const arrived = page.getByRole('region', { name: 'Arrived' })
    await arrived.getByRole('listitem').nth(3).waitFor()
    assert.equal(await arrived.getByText(last).count(), 0)
    await page.getByRole('button', { name: `Go on with ${last}` }).click()
    await arrived.getByRole('heading', { name: last }).waitFor()
    assert.equal(vault.calls.count('upload-part'), 15)
    assert.deepEqual(board.faults, [])
  })

  it('aborts after a question, and not without', async () => {
    const { vault } = stage.sandbox
    vault.addUploadSession({
      id: 'elsewhere-1',
      path: '/imports/elsewhere.bin',
      sizeBytes: 12_000_000,
      uploadedBytes: 6_000_000,
    })
    await using board = await stage.open({ route: '#/uploads' })
    const { page } = board
    await page.getByText('Begun elsewhere').waitFor()
    const abort = page.getByRole('button', { name: 'Abort the upload of elsewhere.bin' })
    await abort.click()
    const dialog = page.getByRole('dialog', { name: 'Abort the upload of elsewhere.bin?' })
    await dialog.getByRole('button', { name: 'Keep it' }).click()
    assert.equal(vault.calls.count('upload-abort'), 0)
    await abort.click()
    await dialog.getByRole('button', { name: 'Abort it' }).click()
    await page.getByText('No upload is under way').waitFor()
    assert.equal(vault.calls.count('upload-abort'), 1)
    assert.deepEqual(board.faults, [])
  })

  it('leaves the upload of another user to that user', async () => {
    const { vault } = stage.sandbox
    const id = vault.addUploadSession({ path: '/u7/photos.zip', sizeBytes: 9_000_000, owner: 7 })
    await using board = await stage.open({ route: '#/uploads' })
    await board.page.getByText('Sent by user 7, who alone can go on').waitFor()
    assert.equal(await board.page.getByLabel('Choose photos.zip again').count(), 0)
    vault.removeUploadSession(id)
    await board.page.getByText('No upload is under way').waitFor()
    assert.deepEqual(board.faults, [])
  })

  it('shows what arrives from elsewhere', async () => {
    const { vault } = stage.sandbox
    const id = vault.addUploadSession({ path: '/imports/grows.bin', sizeBytes: 10_000_000, uploadedBytes: 0 })
    await using board = await stage.open({ route: '#/uploads' })
    await board.page.getByText('0.0% · 0 bytes of 10.0 MB').waitFor()
    vault.setUploaded(id, 5_000_000)
    await board.page.getByText('50.0% · 5.0 MB of 10.0 MB').waitFor()
    vault.removeUploadSession(id)
    await board.page.getByText('No upload is under way').waitFor()
    assert.deepEqual(board.faults, [])
  })
})

const isPart =
  (partNumber: string) =>
  ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) =>
    headers['x-vaultapi-filepartnumber'] === partNumber

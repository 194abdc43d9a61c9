import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileStreamOf, proposedFileName } from '../../src/upstream/file-stream.ts'

const nameIn = (disposition: string) => proposedFileName(new Headers({ 'content-disposition': disposition }))

describe('the file name that an upstream proposes', () => {
  it('is taken quoted or bare, as Vault and Feldera write it', () => {
    assert.equal(nameIn('attachment;filename="baseline__c.zip"'), 'baseline__c.zip')
    assert.equal(nameIn('attachment; filename=x.zip; size=1'), 'x.zip')
    assert.equal(
      nameIn('attachment; filename="2026-01-15T12:00:00+01:00-samply_profile.json.gz"'),
      '2026-01-15T12:00:00+01:00-samply_profile.json.gz',
    )
    assert.equal(nameIn('ATTACHMENT; FileName = "x.zip"'), 'x.zip')
  })

  it('loses directories', () => {
    assert.equal(nameIn('attachment; filename="../../etc/passwd"'), 'passwd')
    assert.equal(nameIn('attachment; filename="C:\\Windows\\evil.exe"'), 'evil.exe')
    assert.equal(nameIn('attachment; filename="/x/"'), undefined)
  })

  it('loses whatever could end a quoted text or a header', () => {
    assert.equal(nameIn('attachment; filename=a"b;c'), 'ab')
    const codes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
    const hostile = codes.filter((character) => !'\0\r\n"'.includes(character)).join('')
    const headers = new Headers({ 'content-disposition': `attachment; filename="${hostile}"` })
    assert.match(proposedFileName(headers) ?? '', /^[\w.:+ ()-]*$/)
  })

  it('is none where nothing is left, or only dots', () => {
    for (const disposition of [
      'attachment',
      'attachment; filename=""',
      'attachment; filename=".."',
      'inline; filename="äöü"',
    ]) {
      assert.equal(nameIn(disposition), undefined, disposition)
    }
    assert.equal(proposedFileName(new Headers()), undefined)
  })

  it('is cut where it is too long', () => {
    assert.equal(nameIn(`attachment; filename="${'x'.repeat(5000)}"`)?.length, 200)
  })
})

describe('a file stream', () => {
  it('has the name of the upstream, or else that of the feature', () => {
    const fallback = { contentType: 'application/zip', fileName: 'own.zip' }
    const named = new Headers({ 'content-disposition': 'attachment; filename="theirs.zip"' })
    assert.equal(
      fileStreamOf({ status: 200, headers: named, stream: new ReadableStream() }, fallback).fileName,
      'theirs.zip',
    )
    assert.equal(
      fileStreamOf({ status: 200, headers: new Headers(), stream: new ReadableStream() }, fallback).fileName,
      'own.zip',
    )
  })
})

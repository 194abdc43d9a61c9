import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasCode } from '../../src/core/errors.ts'
import { pathOf } from '../../src/upstream/path.ts'

const nasty = [
  '',
  '.',
  '..',
  '...',
  ' ',
  ' ..',
  '../x',
  '..\\x',
  '/',
  '//evil.example',
  'a/b',
  'a\\b',
  'a%2fb',
  '%2e%2e',
  '%252e',
  '..%00',
  '..;',
  '..;x=1',
  ';',
  '?',
  'a?b=1',
  'a#b',
  '#',
  'a&b=1',
  'a\nb',
  'a\r\nHost: evil',
  'a\tb',
  '\0',
  'x\0',
  '\u2025',
  '\uff0e\uff0e',
  '\u2215',
  'é',
  '\ud800',
  'http://evil.example',
  '@evil.example',
  ':80',
  '*',
  '~',
  "'",
  '"',
  '<',
  '{0}',
  '[x]',
  '|',
  '^',
  '`',
  'x'.repeat(512),
  'x'.repeat(513),
  '..'.repeat(300),
]

/** Whether the path that a URL parser makes of it has still this one segment in this one place. */
function staysInPlace(path: string, value: string): boolean {
  const url = new URL(`https://vault.example${path}`)
  const segments = url.pathname.split('/')
  const same = ['', 'jobs', 'tasks'].every((segment, index) => segments[[0, 1, 3][index] ?? 0] === segment)
  const [, , segment = ''] = segments
  return (
    url.host === 'vault.example' &&
    url.search === '' &&
    url.hash === '' &&
    segments.length === 4 &&
    same &&
    decodeURIComponent(segment) === value &&
    !/[/\\?#%]/.test(value)
  )
}

describe('a value in the path of an upstream call', () => {
  it('stays one segment in its place, or is refused, whatever it is', () => {
    const wrapped = nasty.flatMap((value) => [value, `a${value}`, `${value}a`, `${value}${value}`])
    const codes = Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code))
    for (const value of [...wrapped, ...codes, ...codes.map((character) => `..${character}`)]) {
      let path: string
      try {
        path = pathOf`/jobs/${value}/tasks`.text
      } catch (error) {
        assert.ok(hasCode(error, 'BAD_USER_INPUT'))
        continue
      }
      assert.ok(staysInPlace(path, value), `${JSON.stringify(value)} became ${path}`)
    }
  })

  it('may have all that the keys of Vault and Feldera have', () => {
    for (const key of ['1201', 'baseline__c', 'yYFg7jN_.x-1-Q--', '31a6aba2', 'orders-eu_1', 'a']) {
      assert.equal(pathOf`/jobs/${key}/tasks`.text, `/jobs/${key}/tasks`)
    }
  })

  it('is refused with a message that does not repeat it', () => {
    assert.throws(
      () => pathOf`/jobs/${'../evil-value'}`,
      (error: unknown) => hasCode(error, 'BAD_USER_INPUT') && !error.message.includes('evil-value'),
    )
  })

  it('stands beside others, each in its place', () => {
    assert.equal(pathOf`/a/${'b c'}/d/${'e:f'}`.text, '/a/b%20c/d/e%3Af')
    assert.throws(() => pathOf`/a/${'b'}/${'..'}`)
  })
})

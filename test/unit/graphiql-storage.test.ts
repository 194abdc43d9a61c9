import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  queryWithoutPasswords,
  recordsWithoutSecrets,
  variablesWithoutPasswords,
} from '../../web/graphiql/without-secrets.ts'

describe('what GraphiQL keeps in the browser', () => {
  it('has no password that stands in a document, also while it is typed', () => {
    for (const [typed, kept] of [
      [
        'signIn(input: {password: "a b\\"c", username: "ada"})',
        'signIn(input: {password: "", username: "ada"})',
      ],
      ['{ password: """\nsecret\n""" }', '{ password: "" }'],
      ['{ password: "half of a sec', '{ password: ""'],
      ['query ($password: String! = "secret") {', 'query ($password: String! = "") {'],
      ['{ password: $password }', '{ password: $password }'],
      ['{ jobs { title } }', '{ jobs { title } }'],
    ] as const) {
      assert.equal(queryWithoutPasswords(typed), kept)
    }
  })

  it('has no password that stands in variables, and nothing of those that cannot be read', () => {
    const typed = '{ "input": { "username": "ada", "password": "se\\"cret" } }'
    assert.deepEqual(JSON.parse(variablesWithoutPasswords(typed)), {
      input: { username: 'ada', password: '' },
    })
    assert.equal(variablesWithoutPasswords('{ "password": "se'), '')
    assert.equal(variablesWithoutPasswords('{ "first": 5'), '{ "first": 5')
  })

  it('has neither in its tabs and its history', () => {
    const tabs = [
      {
        query: '{ password: "one" }',
        variables: '{"password":"two"}',
        headers: '{"Authorization":"three"}',
        hash: 'x',
      },
    ]
    const kept = recordsWithoutSecrets(JSON.stringify({ tabs, activeTabIndex: 0 }))
    assert.doesNotMatch(kept, /one|two|three/)
    assert.equal(JSON.parse(kept).tabs[0].hash, 'x')
  })
})

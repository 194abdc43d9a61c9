import assert from 'node:assert/strict'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { showcase } from '../../src/sandbox/sandbox.ts'
import { freePort } from '../support/free-port.ts'
import { startGateway } from '../support/gateway.ts'
import { data, request } from '../support/graphql.ts'
import { launchSandbox, startSandboxProcess } from '../support/sandbox-process.ts'
import { signedIn } from '../support/sign-in.ts'

describe('the sandbox as a process of its own', () => {
  it('listens where it is told to, and its users sign in through a gateway that takes it for real', async () => {
    const [vaultPort, felderaPort] = [await freePort(), await freePort()]
    await using sandbox = await startSandboxProcess([
      `--vault-port=${vaultPort}`,
      `--feldera-port=${felderaPort}`,
    ])
    // Another name than the one that it listens by, as in a network of containers.
    const env = {
      NODE_ENV: 'production',
      VAULT_URL: `http://localhost:${vaultPort}`,
      FELDERA_URL: `http://localhost:${felderaPort}`,
    }
    await using gateway = await startGateway({ env })
    const browser = await signedIn(gateway)
    const { data: seen, errors } = await browser.ask(
      `{ job(id: ${showcase.completedJobId}) { status } pipelines { name } }`,
    )
    assert.deepEqual(errors, [])
    assert.match(JSON.stringify(seen), /"SUCCESS".*"orders-enrichment"/)
    assert.equal(await sandbox.stop(), 0)
  })

  it('has no demo user: who brings nothing is refused, and who brings its session is not', async () => {
    await using sandbox = await startSandboxProcess(['--vault-port=0', '--feldera-port=0'])
    await using gateway = await startGateway({ env: { VAULT_URL: sandbox.vaultUrl } })
    const query = '{ activeJobs { totalCount } }'
    assert.equal((await request(gateway, query)).errors[0]?.extensions?.['code'], 'UNAUTHENTICATED')
    assert.ok(await data(gateway, query, { headers: { authorization: 'sandbox-demo' } }))
  })

  for (const [parameter, told] of [
    ['--vault-port=http', /^--vault-port: got "http", wants a whole number from 0 to 65535\n$/],
    ['--feldera-port=70000', /^--feldera-port: got "70000", wants/],
    ['--faults=none', /^Unknown option '--faults'/],
    ['--host=203.0.113.1', /EADDRNOTAVAIL/],
  ] as const) {
    it(`does not start with ${parameter}, and says why`, async () => {
      const child = launchSandbox([parameter])
      const printed = text(child.stderr)
      assert.deepEqual(await once(child, 'exit'), [1, null])
      assert.match(await printed, told)
    })
  }
})

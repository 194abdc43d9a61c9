import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parseEnv } from 'node:util'
import { readSettings, type Settings, SettingsError } from '../../src/config.ts'

const defaults: Settings = {
  host: '127.0.0.1',
  port: 4000,
  vaultUrl: undefined,
  vaultApiVersion: 'v26.1',
  felderaUrl: undefined,
  felderaApiKey: undefined,
  pollIntervalMs: 10_000,
  jobStatusWindowMs: 10_000,
  upstreamTimeoutMs: 10_000,
  maxConnections: 20_000,
  maxOperationsPerConnection: 100,
  documentLimits: {
    maxTokens: 10_000,
    maxDepth: 16,
    maxFields: 1000,
    maxRootFields: 50,
    maxAliases: 100,
    maxDirectives: 100,
  },
  maxQueryCost: 250_000,
  admissionLimits: {
    maxOperationsPerMinute: 300_000,
    maxOperationsPerMinutePerAddress: 600_000,
    maxConcurrentOperations: 2000,
  },
  introspection: true,
  graphiql: true,
  board: true,
  trustedDocumentsFile: undefined,
  idleConnectionTimeoutMs: 300_000,
  slowConnectionTimeoutMs: 30_000,
  publicUrl: undefined,
  allowedOrigins: [],
  allowedHosts: [],
  gatewaySecrets: [],
  trustedProxies: [],
  sessionKeepAliveMs: 300_000,
  redisUrls: [],
  tracing: undefined,
  logLevel: 'info',
  isSandbox: true,
}

interface Case {
  readonly setting: keyof Settings
  /** The member of the setting that the variable sets. */
  readonly member?: string
  readonly good: Readonly<Record<string, unknown>>
  readonly bad: readonly string[]
  readonly wants: RegExp
}

const secret = 'a-secret-of-enough-length'
const durations = {
  good: { '1': 1, '86400000': 86_400_000 },
  bad: ['0', '-1', '1.5', '1e3', '86400001', 'x'],
}

const onOrOff = {
  good: { on: true, off: false },
  bad: ['true', 'yes', 'OFF', '0'],
  wants: /on or off/,
}

const limit = (setting: keyof Settings, member: string | undefined, min: number, max: number): Case => ({
  setting,
  ...(member === undefined ? {} : { member }),
  good: { [min]: min, [max]: max },
  bad: [String(min - 1), String(max + 1), '1e2'],
  wants: new RegExp(`whole number from ${min} to ${max}`),
})

const everyTrace = { sampler: { share: 1, isParentBased: true }, scheduleDelayMs: 5000 }
const collector: Case = {
  setting: 'tracing',
  good: { 'http://localhost:4318': everyTrace },
  bad: ['localhost:4318', 'grpc://collector:4317', 'http://me:hunter2@collector'],
  wants: /http:\/\/localhost:4318/,
}
/** Without an address of a collector nothing is traced. */
const protocol: Case = {
  setting: 'tracing',
  good: { 'http/protobuf': undefined },
  bad: ['grpc', 'http/json'],
  wants: /http\/protobuf/,
}

/** Every variable of `README.md`, Settings, and those of OpenTelemetry that are read here. */
const cases: Readonly<Record<string, Case>> = {
  HOST: {
    setting: 'host',
    good: { '0.0.0.0': '0.0.0.0', '::1': '::1' },
    bad: ['http://x', 'a b'],
    wants: /host/,
  },
  PORT: {
    setting: 'port',
    good: { '0': 0, '65535': 65_535 },
    bad: ['65536', '-1', '80x'],
    wants: /0 to 65535/,
  },
  VAULT_URL: {
    setting: 'vaultUrl',
    good: { 'https://myvault.veevavault.com': 'https://myvault.veevavault.com' },
    bad: ['myvault.veevavault.com', 'ftp://x', 'https://x/?a=1', 'https://x/#a'],
    wants: /https:\/\/myvault/,
  },
  VAULT_API_VERSION: {
    setting: 'vaultApiVersion',
    good: { 'v25.3': 'v25.3' },
    bad: ['26.1', 'v26', '../v26.1'],
    wants: /v26\.1/,
  },
  FELDERA_URL: {
    setting: 'felderaUrl',
    good: { 'http://localhost:8080': 'http://localhost:8080' },
    bad: ['localhost:8080', 'http://'],
    wants: /http:\/\/localhost:8080/,
  },
  POLL_INTERVAL_MS: { setting: 'pollIntervalMs', ...durations, wants: /milliseconds from 1 to 86400000/ },
  JOB_STATUS_WINDOW_MS: { setting: 'jobStatusWindowMs', ...durations, wants: /milliseconds from 1/ },
  UPSTREAM_TIMEOUT_MS: { setting: 'upstreamTimeoutMs', ...durations, wants: /milliseconds from 1/ },
  MAX_CONNECTIONS: {
    setting: 'maxConnections',
    good: { '1': 1, '1000000': 1_000_000 },
    bad: ['0', '-1', '1000001', '1e4'],
    wants: /whole number from 1 to 1000000/,
  },
  MAX_OPERATIONS_PER_CONNECTION: {
    setting: 'maxOperationsPerConnection',
    good: { '1': 1, '10000': 10_000 },
    bad: ['0', '10001', 'many'],
    wants: /whole number from 1 to 10000/,
  },
  MAX_QUERY_TOKENS: limit('documentLimits', 'maxTokens', 1, 1_000_000),
  MAX_QUERY_DEPTH: limit('documentLimits', 'maxDepth', 1, 1000),
  MAX_QUERY_FIELDS: limit('documentLimits', 'maxFields', 1, 100_000),
  MAX_QUERY_ROOT_FIELDS: limit('documentLimits', 'maxRootFields', 1, 10_000),
  MAX_QUERY_ALIASES: limit('documentLimits', 'maxAliases', 0, 10_000),
  MAX_QUERY_DIRECTIVES: limit('documentLimits', 'maxDirectives', 0, 10_000),
  MAX_QUERY_COST: limit('maxQueryCost', undefined, 1, 1_000_000_000),
  MAX_OPERATIONS_PER_MINUTE: limit('admissionLimits', 'maxOperationsPerMinute', 0, 1_000_000_000),
  MAX_OPERATIONS_PER_MINUTE_PER_ADDRESS: limit(
    'admissionLimits',
    'maxOperationsPerMinutePerAddress',
    0,
    1_000_000_000,
  ),
  MAX_CONCURRENT_OPERATIONS: limit('admissionLimits', 'maxConcurrentOperations', 0, 1_000_000),
  INTROSPECTION: { setting: 'introspection', ...onOrOff },
  GRAPHIQL: { setting: 'graphiql', ...onOrOff },
  BOARD: { setting: 'board', ...onOrOff },
  TRUSTED_DOCUMENTS: {
    setting: 'trustedDocumentsFile',
    good: { 'documents/manifest.json': 'documents/manifest.json' },
    bad: ['one.json\ntwo.json'],
    wants: /file/,
  },
  IDLE_CONNECTION_TIMEOUT_MS: {
    setting: 'idleConnectionTimeoutMs',
    ...durations,
    wants: /milliseconds from 1/,
  },
  SLOW_CONNECTION_TIMEOUT_MS: {
    setting: 'slowConnectionTimeoutMs',
    ...durations,
    wants: /milliseconds from 1/,
  },
  PUBLIC_URL: {
    setting: 'publicUrl',
    good: { 'https://graph.example.com/api': 'https://graph.example.com/api' },
    bad: ['graph.example.com', 'javascript:alert(1)'],
    wants: /https:\/\/graph\.example\.com/,
  },
  ALLOWED_ORIGINS: {
    setting: 'allowedOrigins',
    good: { 'https://a.example, http://localhost:5173,': ['https://a.example', 'http://localhost:5173'] },
    bad: ['*', 'https://a.example/', 'a.example', 'null', 'https://a.example,*'],
    wants: /origins/,
  },
  ALLOWED_HOSTS: {
    setting: 'allowedHosts',
    good: { 'a.example, *.b.example,my_host,': ['a.example', '*.b.example', 'my_host'], '*': ['*'] },
    bad: ['a.example:80', 'https://a.example', 'a.*.example', '**', 'a..example', 'a.example,*b'],
    wants: /names such as graph\.example\.com/,
  },
  GATEWAY_SECRET: {
    setting: 'gatewaySecrets',
    good: {
      [secret]: [secret],
      [`${secret} , the-one-before-that-one,`]: [secret, 'the-one-before-that-one'],
    },
    bad: ['hunter2', `${secret},hunter2`, ',', Array(6).fill(secret).join()],
    wants: /16 characters/,
  },
  TRUSTED_PROXIES: {
    setting: 'trustedProxies',
    good: { '10.0.0.0/8, ::1,fd00::/8': ['10.0.0.0/8', '::1', 'fd00::/8'] },
    bad: ['proxy.example.com', '10.0.0.0/33', '10.0.0.0/8/8', 'true', '*', '10.0.0.0/'],
    wants: /10\.0\.0\.0\/8/,
  },
  SESSION_KEEP_ALIVE_MS: {
    setting: 'sessionKeepAliveMs',
    good: { 60000: 60_000 },
    bad: ['0', '5min'],
    wants: /milliseconds/,
  },
  REDIS_URL: {
    setting: 'redisUrls',
    good: {
      'rediss://:password@redis:6379/1': ['rediss://:password@redis:6379/1'],
      'redis://one:6379, redis://two:6379': ['redis://one:6379', 'redis://two:6379'],
    },
    bad: ['http://:hunter2@redis', 'redis://one:6379,http://:hunter2@two'],
    wants: /redis:\/\/localhost:6379/,
  },
  OTEL_SDK_DISABLED: { setting: 'tracing', good: { true: undefined }, bad: [], wants: /./ },
  OTEL_TRACES_EXPORTER: {
    setting: 'tracing',
    good: { otlp: undefined, none: undefined },
    bad: ['zipkin'],
    wants: /otlp or none/,
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_TRACES_SAMPLER: {
    setting: 'tracing',
    good: { always_on: undefined },
    bad: ['sometimes', 'jaeger_remote'],
    wants: /traceidratio/,
  },
  OTEL_TRACES_SAMPLER_ARG: {
    setting: 'tracing',
    good: { '0.25': undefined, '1': undefined },
    bad: ['1.5', '-1', 'half', '10'],
    wants: /0 to 1/,
  },
  OTEL_BSP_SCHEDULE_DELAY: {
    setting: 'tracing',
    good: { '500': undefined },
    bad: ['0', 'x'],
    wants: /milliseconds/,
  },
  LOG_LEVEL: {
    setting: 'logLevel',
    good: { silent: 'silent', trace: 'trace' },
    bad: ['loud', 'INFO'],
    wants: /one of .*info/,
  },
}

function faultsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readSettings(environment)
  } catch (error) {
    assert.ok(error instanceof SettingsError)
    return error.faults
  }
  return []
}

describe('the settings', () => {
  it('without any variable are the defaults', () => {
    assert.deepEqual(readSettings({}), defaults)
  })

  for (const [name, { setting, member, good, bad, wants }] of Object.entries(cases)) {
    it(`${name}: a good value is taken`, () => {
      for (const [given, taken] of Object.entries(good)) {
        const expected = member === undefined ? taken : { ...Object(defaults[setting]), [member]: taken }
        assert.deepEqual(readSettings({ [name]: given })[setting], expected)
      }
    })

    it(`${name}: a bad value is told in one line: the variable, what it got and what it wants`, () => {
      for (const given of bad) {
        const faults = faultsOf({ [name]: given })
        assert.equal(faults.length, 1, given)
        const [fault = ''] = faults
        assert.match(fault, new RegExp(`^${name}: got .+, wants .+$`))
        assert.match(fault, wants)
      }
    })

    it(`${name}: an empty value counts as none`, () => {
      for (const empty of ['', '  ']) assert.deepEqual(readSettings({ [name]: empty }), defaults)
    })
  }

  it('FELDERA_API_KEY is taken beside VAULT_URL', () => {
    const settings = readSettings({
      VAULT_URL: 'https://v',
      FELDERA_URL: 'https://f',
      FELDERA_API_KEY: 'apikey:1',
    })
    assert.equal(settings.felderaApiKey, 'apikey:1')
  })

  describe('of traces, with a collector', () => {
    const tracing = (environment: Readonly<Record<string, string>>) =>
      readSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', ...environment }).tracing

    it('can still turn them off', () => {
      assert.equal(tracing({ OTEL_SDK_DISABLED: 'TRUE' }), undefined)
      assert.equal(tracing({ OTEL_TRACES_EXPORTER: 'none' }), undefined)
      assert.notEqual(tracing({ OTEL_SDK_DISABLED: 'false' }), undefined)
    })

    it('say which of them are sent', () => {
      for (const [sampler, share, isParentBased] of [
        ['always_on', 1, false],
        ['always_off', 0, false],
        ['traceidratio', 0.25, false],
        ['parentbased_always_on', 1, true],
        ['parentbased_always_off', 0, true],
        ['parentbased_traceidratio', 0.25, true],
      ] as const) {
        assert.deepEqual(
          tracing({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0.25' })?.sampler,
          {
            share,
            isParentBased,
          },
        )
      }
    })

    it('say how often they are sent', () => {
      assert.equal(tracing({ OTEL_BSP_SCHEDULE_DELAY: '100' })?.scheduleDelayMs, 100)
    })
  })

  it('what was got is shown, but never a secret', () => {
    assert.match(faultsOf({ PORT: '70000' })[0] ?? '', /"70000"/)
    const environment = {
      GATEWAY_SECRET: 'hunter2',
      REDIS_URL: 'http://:hunter2@redis',
      FELDERA_API_KEY: 'hunter2 x',
    }
    const faults = faultsOf(environment)
    assert.equal(faults.length, 3)
    assert.doesNotMatch(faults.join('\n'), /hunter2/)
    assert.match(faults[0] ?? '', /a value of \d+ characters/)
  })

  it('a password inside an address is refused, and not printed', () => {
    for (const given of [
      'https://me:hunter2@vault',
      'https://me:hun/hunter2@vault',
      'https://me:hunter2 x@vault',
      'https://:hunter2@vault',
      'https://hunter2@vault',
      'me:hunter2@vault',
    ]) {
      const faults = faultsOf({ VAULT_URL: given })
      assert.equal(faults.length, 1, given)
      assert.doesNotMatch(faults.join('\n'), /hunter2/)
    }
  })

  it('all faults are told at once, contradictions too', () => {
    const faults = faultsOf({ PORT: 'x', LOG_LEVEL: 'loud', NODE_ENV: 'production' })
    assert.deepEqual(
      faults.map((fault) => fault.split(':')[0]),
      ['PORT', 'LOG_LEVEL', 'VAULT_URL'],
    )
  })

  it('a fault stays on one line whatever was given', () => {
    assert.equal((faultsOf({ HOST: 'a\nb' })[0] ?? '').split('\n').length, 1)
  })

  it('production refuses the sandbox, and takes either real service', () => {
    assert.match(faultsOf({ NODE_ENV: 'production' })[0] ?? '', /^VAULT_URL: .*FELDERA_URL.*production/)
    assert.equal(readSettings({ NODE_ENV: 'production', VAULT_URL: 'https://v' }).isSandbox, false)
    assert.equal(readSettings({ NODE_ENV: 'production', FELDERA_URL: 'https://f' }).isSandbox, false)
  })

  it('FELDERA_API_KEY with Feldera alone is refused, and not printed', () => {
    const faults = faultsOf({ FELDERA_URL: 'http://f', FELDERA_API_KEY: 'apikey:hunter2' })
    assert.match(faults[0] ?? '', /^FELDERA_API_KEY: got .*wants VAULT_URL/)
    assert.doesNotMatch(faults.join('\n'), /hunter2/)
  })

  it('are frozen, the list of origins too', () => {
    assert.ok(Object.isFrozen(readSettings({})))
    assert.ok(Object.isFrozen(readSettings({}).allowedOrigins))
    assert.ok(Object.isFrozen(readSettings({ ALLOWED_ORIGINS: 'https://a.example' }).allowedOrigins))
  })

  it('.env.example names exactly these variables, each with its default or a value that is taken', (t) => {
    const file = new URL('../../.env.example', import.meta.url)
    if (!existsSync(file)) {
      assert.equal(process.env['CI'], undefined, '.env.example is missing')
      t.skip('SKIPPED: there is no .env.example yet')
      return
    }
    const source = readFileSync(file, 'utf8')
    const uncommented = source.replaceAll(/^#\s?(?=[A-Z_]+=)/gm, '')
    const named = Object.keys(parseEnv(uncommented)).filter((name) => name !== 'NODE_ENV')
    assert.deepEqual(named.toSorted(), [...Object.keys(cases), 'FELDERA_API_KEY'].toSorted())
    assert.deepEqual(readSettings(parseEnv(source)), defaults, 'used as it is, it changes nothing')
    assert.deepEqual(faultsOf(definedOnly(parseEnv(uncommented))), [])
  })
})

function definedOnly(environment: NodeJS.Dict<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

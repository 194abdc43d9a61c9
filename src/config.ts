import { isIP } from 'node:net'
import { z } from 'zod'
import { type DocumentLimits, defaultDocumentLimits } from './graphql/document-limits.ts'
import type { AdmissionLimits } from './server/admission.ts'

/** The settings of one gateway, checked and complete. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly vaultUrl: string | undefined
  readonly vaultApiVersion: string
  readonly felderaUrl: string | undefined
  readonly felderaApiKey: string | undefined
  readonly pollIntervalMs: number
  readonly jobStatusWindowMs: number
  readonly upstreamTimeoutMs: number
  /** The most connections of clients, HTTP and WebSocket together. */
  readonly maxConnections: number
  /** The most operations under way on one WebSocket. */
  readonly maxOperationsPerConnection: number
  /** What a document may have. */
  readonly documentLimits: DocumentLimits
  /** The most that an operation may cost. */
  readonly maxQueryCost: number
  /** How much each caller and each address may ask. */
  readonly admissionLimits: AdmissionLimits
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean
  readonly graphiql: boolean
  readonly board: boolean
  /** The manifest of the documents that are all that is answered. Undefined: any document is. */
  readonly trustedDocumentsFile: string | undefined
  /** How long a WebSocket may be without an operation. */
  readonly idleConnectionTimeoutMs: number
  /** How long a WebSocket, or a subscription's stream of events, may have more to send than its client takes. */
  readonly slowConnectionTimeoutMs: number
  /** Undefined: made from host and port. */
  readonly publicUrl: string | undefined
  readonly allowedOrigins: readonly string[]
  /** Names by which the gateway may be called beside its own, those below one as `*.example.com`; `*`: any. */
  readonly allowedHosts: readonly string[]
  /** The first one seals, and all open. Empty: a random one for each process. */
  readonly gatewaySecrets: readonly string[]
  /** Addresses and networks of proxies whose word on a client's address is taken. */
  readonly trustedProxies: readonly string[]
  /** Between two calls that keep the Vault session of a browser alive. */
  readonly sessionKeepAliveMs: number
  /** One address of a Redis or Valkey, or several of one cluster. Empty: the gateway is one process. */
  readonly redisUrls: readonly string[]
  /** Undefined: nothing is traced. */
  readonly tracing: TracingSettings | undefined
  readonly logLevel: string
  /** Whether the gateway runs on a Vault and a Feldera of its own. */
  readonly isSandbox: boolean
}

/** How traces are made. Where they are sent, the SDK reads from `OTEL_EXPORTER_OTLP_*` by itself. */
export interface TracingSettings {
  readonly sampler: {
    /** The share of traces that are sent, from 0 to 1. */
    readonly share: number
    /** Whether a caller's `traceparent` says by itself whether its trace is sent. */
    readonly isParentBased: boolean
  }
  /** Between two messages to the collector, in milliseconds. */
  readonly scheduleDelayMs: number
}

/** Each fault in one line that names the variable, what it got and what it wants. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.faults = faults
  }
}

/** Their values are never printed. */
const secretNames = ['GATEWAY_SECRET', 'FELDERA_API_KEY', 'REDIS_URL']

/** The samplers of the OpenTelemetry specification (General SDK Configuration); jaeger_remote and xray are services of their own. */
const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

const text = (pattern: RegExp, wanted: string) => z.string().regex(pattern, { error: wanted })

/** A day: no interval or time-out of ours makes sense beyond. */
const maxDurationMs = 86_400_000

function wholeNumber(min: number, max: number, unit = '') {
  const wanted = `a whole number${unit} from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,10}$/, { error: wanted })
    .transform(Number)
    .refine((number) => number >= min && number <= max, { error: wanted })
}

const onOrOff = () =>
  z
    .enum(['on', 'off'], { error: 'on or off' })
    .default('on')
    .transform((value) => value === 'on')

const milliseconds = () => wholeNumber(1, maxDurationMs, ' of milliseconds')

function webAddress(wanted: string) {
  return z.string().refine((value) => isAddress(value, ['http:', 'https:']), { error: wanted })
}

function isAddress(value: string, protocols: readonly string[]): boolean {
  const url = URL.parse(value)
  return (
    url !== null &&
    protocols.includes(url.protocol) &&
    (url.protocol.startsWith('redis') ||
      (url.username === '' && url.password === '' && url.search === '' && url.hash === ''))
  )
}

/** The parts of a value that names several, separated by commas. */
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)

const origins = list.refine((all) => all.every((origin) => URL.parse(origin)?.origin === origin), {
  error: 'origins such as https://screens.example.com, separated by commas, without path',
})

const hostNames = list.refine(
  (all) => all.every((name) => /^(\*|(\*\.)?[a-z\d_-]+(\.[a-z\d_-]+)*)$/i.test(name)),
  {
    error: 'names such as graph.example.com or *.example.com, separated by commas, without port; * for any',
  },
)

/** How many secrets there may be: one to seal with, and those that a rotation leaves behind. */
const maxSecrets = 5

const secrets = list.refine(
  (all) => all.length > 0 && all.length <= maxSecrets && all.every((secret) => secret.length >= 16),
  { error: `at least 16 characters; for a rotation up to ${maxSecrets} such secrets, separated by commas` },
)

const networks = list.refine((all) => all.every(isNetwork), {
  error: 'addresses or networks such as 10.0.0.0/8, separated by commas',
})

/** An address, or one with the length of its network's prefix. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  if (more.length > 0 || bits < 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}

const collector = () =>
  webAddress('the address of a collector such as http://localhost:4318, without user or query').optional()

const otlpProtocol = () =>
  z.literal('http/protobuf', { error: 'http/protobuf, the only one that is spoken' }).optional()

/** Variables of the OpenTelemetry specification. Others of it are read by its SDK. */
const tracingVariables = {
  OTEL_SDK_DISABLED: z
    .string()
    .transform((value) => value.toLowerCase() === 'true')
    .default(false),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], { error: 'otlp or none' }).default('otlp'),
  OTEL_EXPORTER_OTLP_ENDPOINT: collector(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector(),
  OTEL_EXPORTER_OTLP_PROTOCOL: otlpProtocol(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: otlpProtocol(),
  OTEL_TRACES_SAMPLER: z
    .enum(samplers, { error: `one of ${samplers.join(', ')}` })
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: text(/^(0|1|[01]?\.\d{1,9})$/, 'a share from 0 to 1')
    .transform(Number)
    .refine((share) => share <= 1, { error: 'a share from 0 to 1' })
    .default(1),
  OTEL_BSP_SCHEDULE_DELAY: milliseconds().default(5000),
}

const environmentSchema = z.object({
  ...tracingVariables,
  HOST: text(/^[\w.:-]+$/, 'a host name or an address').default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4000),
  VAULT_URL: webAddress(
    'an address such as https://myvault.veevavault.com, without user or query',
  ).optional(),
  VAULT_API_VERSION: text(/^v\d{1,3}\.\d$/, 'a version such as v26.1').default('v26.1'),
  FELDERA_URL: webAddress('an address such as http://localhost:8080, without user or query').optional(),
  FELDERA_API_KEY: text(/^[\x21-\x7e]{1,8192}$/, 'a key without spaces').optional(),
  POLL_INTERVAL_MS: milliseconds().default(10_000),
  JOB_STATUS_WINDOW_MS: milliseconds().default(10_000),
  UPSTREAM_TIMEOUT_MS: milliseconds().default(10_000),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000).default(20_000),
  MAX_OPERATIONS_PER_CONNECTION: wholeNumber(1, 10_000).default(100),
  MAX_QUERY_TOKENS: wholeNumber(1, 1_000_000).default(defaultDocumentLimits.maxTokens),
  MAX_QUERY_DEPTH: wholeNumber(1, 1000).default(defaultDocumentLimits.maxDepth),
  MAX_QUERY_FIELDS: wholeNumber(1, 100_000).default(defaultDocumentLimits.maxFields),
  MAX_QUERY_ROOT_FIELDS: wholeNumber(1, 10_000).default(defaultDocumentLimits.maxRootFields),
  MAX_QUERY_ALIASES: wholeNumber(0, 10_000).default(defaultDocumentLimits.maxAliases),
  MAX_QUERY_DIRECTIVES: wholeNumber(0, 10_000).default(defaultDocumentLimits.maxDirectives),
  MAX_QUERY_COST: wholeNumber(1, 1_000_000_000).default(250_000),
  MAX_OPERATIONS_PER_MINUTE: wholeNumber(0, 1_000_000_000).default(300_000),
  MAX_OPERATIONS_PER_MINUTE_PER_ADDRESS: wholeNumber(0, 1_000_000_000).default(600_000),
  MAX_CONCURRENT_OPERATIONS: wholeNumber(0, 1_000_000).default(2000),
  INTROSPECTION: onOrOff(),
  GRAPHIQL: onOrOff(),
  BOARD: onOrOff(),
  TRUSTED_DOCUMENTS: text(/^[^\0\n]+$/, 'the name of a file').optional(),
  IDLE_CONNECTION_TIMEOUT_MS: milliseconds().default(300_000),
  SLOW_CONNECTION_TIMEOUT_MS: milliseconds().default(30_000),
  PUBLIC_URL: webAddress('an address such as https://graph.example.com, without user or query').optional(),
  ALLOWED_ORIGINS: origins.default([]),
  ALLOWED_HOSTS: hostNames.default([]),
  GATEWAY_SECRET: secrets.default([]),
  TRUSTED_PROXIES: networks.default([]),
  SESSION_KEEP_ALIVE_MS: milliseconds().default(300_000),
  REDIS_URL: list
    .refine((all) => all.every((value) => isAddress(value, ['redis:', 'rediss:'])), {
      error: 'an address such as redis://localhost:6379, or several of one cluster, separated by commas',
    })
    .default([]),
  LOG_LEVEL: z.enum(logLevels, { error: `one of ${logLevels.join(', ')}` }).default('info'),
  NODE_ENV: z.string().optional(),
})

/**
 * Reads the settings. An empty variable counts as one that is not set.
 *
 * @throws SettingsError with all faults at once
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim() !== ''))
  const parsed = environmentSchema.safeParse(given)
  const badValues = parsed.success ? [] : parsed.error.issues.map((issue) => faultLine(issue, given))
  const faults = [...badValues, ...contradictions(given)]
  if (!parsed.success || faults.length > 0) throw new SettingsError(faults)
  return Object.freeze(settingsOf(parsed.data))
}

function faultLine(
  { path, message }: z.core.$ZodIssue,
  given: Readonly<Record<string, string | undefined>>,
): string {
  const name = String(path[0])
  const value = given[name] ?? ''
  const shown = secretNames.includes(name)
    ? `a value of ${value.length} characters`
    : JSON.stringify(withoutUser(value))
  return `${name}: got ${shown}, wants ${message}`
}

/** An address may carry a password, also where it should not. */
const withoutUser = (value: string) => value.replace(/^([a-z]+:\/\/)?.*@/is, '$1…@')

type Environment = z.output<typeof environmentSchema>

/** Looks only at what was given, so that these faults are told beside those of single values. */
function contradictions(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { VAULT_URL, FELDERA_URL, FELDERA_API_KEY, NODE_ENV } = given
  const faults: string[] = []
  if (VAULT_URL === undefined && FELDERA_URL === undefined && NODE_ENV === 'production') {
    faults.push(
      'VAULT_URL: got nothing, and FELDERA_URL neither, wants one of them where NODE_ENV is production: the sandbox is for trying out',
    )
  }
  if (VAULT_URL === undefined && FELDERA_URL !== undefined && FELDERA_API_KEY !== undefined) {
    faults.push(
      'FELDERA_API_KEY: got a key, wants VAULT_URL beside it: without Vault nobody proves who they are, and the key would open Feldera to all',
    )
  }
  return faults
}

function settingsOf(environment: Environment): Settings {
  return {
    host: environment.HOST,
    port: environment.PORT,
    vaultUrl: environment.VAULT_URL,
    vaultApiVersion: environment.VAULT_API_VERSION,
    felderaUrl: environment.FELDERA_URL,
    felderaApiKey: environment.FELDERA_API_KEY,
    pollIntervalMs: environment.POLL_INTERVAL_MS,
    jobStatusWindowMs: environment.JOB_STATUS_WINDOW_MS,
    upstreamTimeoutMs: environment.UPSTREAM_TIMEOUT_MS,
    maxConnections: environment.MAX_CONNECTIONS,
    maxOperationsPerConnection: environment.MAX_OPERATIONS_PER_CONNECTION,
    documentLimits: Object.freeze({
      maxTokens: environment.MAX_QUERY_TOKENS,
      maxDepth: environment.MAX_QUERY_DEPTH,
      maxFields: environment.MAX_QUERY_FIELDS,
      maxRootFields: environment.MAX_QUERY_ROOT_FIELDS,
      maxAliases: environment.MAX_QUERY_ALIASES,
      maxDirectives: environment.MAX_QUERY_DIRECTIVES,
    }),
    maxQueryCost: environment.MAX_QUERY_COST,
    admissionLimits: Object.freeze({
      maxOperationsPerMinute: environment.MAX_OPERATIONS_PER_MINUTE,
      maxOperationsPerMinutePerAddress: environment.MAX_OPERATIONS_PER_MINUTE_PER_ADDRESS,
      maxConcurrentOperations: environment.MAX_CONCURRENT_OPERATIONS,
    }),
    introspection: environment.INTROSPECTION,
    graphiql: environment.GRAPHIQL,
    board: environment.BOARD,
    trustedDocumentsFile: environment.TRUSTED_DOCUMENTS,
    idleConnectionTimeoutMs: environment.IDLE_CONNECTION_TIMEOUT_MS,
    slowConnectionTimeoutMs: environment.SLOW_CONNECTION_TIMEOUT_MS,
    publicUrl: environment.PUBLIC_URL,
    allowedOrigins: Object.freeze([...environment.ALLOWED_ORIGINS]),
    allowedHosts: Object.freeze([...environment.ALLOWED_HOSTS]),
    gatewaySecrets: Object.freeze([...environment.GATEWAY_SECRET]),
    trustedProxies: Object.freeze([...environment.TRUSTED_PROXIES]),
    sessionKeepAliveMs: environment.SESSION_KEEP_ALIVE_MS,
    redisUrls: Object.freeze([...environment.REDIS_URL]),
    tracing: tracingOf(environment),
    logLevel: environment.LOG_LEVEL,
    isSandbox: environment.VAULT_URL === undefined && environment.FELDERA_URL === undefined,
  }
}

/** Where no collector is named, or the SDK is told to be silent, there are no traces. */
function tracingOf(environment: Environment): TracingSettings | undefined {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG } =
    environment
  const endpoint = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? environment.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined || OTEL_SDK_DISABLED || OTEL_TRACES_EXPORTER === 'none') return undefined
  const share = OTEL_TRACES_SAMPLER.endsWith('traceidratio')
    ? OTEL_TRACES_SAMPLER_ARG
    : Number(OTEL_TRACES_SAMPLER.endsWith('always_on'))
  return Object.freeze({
    sampler: { share, isParentBased: OTEL_TRACES_SAMPLER.startsWith('parentbased_') },
    scheduleDelayMs: environment.OTEL_BSP_SCHEDULE_DELAY,
  })
}

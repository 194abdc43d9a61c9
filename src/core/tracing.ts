import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { ErrorCode } from './errors.ts'

/** How something ended: well, with an error of the closed list, or because nobody waited for it any more. */
export type Outcome = 'OK' | ErrorCode | 'CANCELLED'

/** What a span is told when it ends, in the words of OpenTelemetry. Values are bounded: no key of a caller, no query, no credential. */
export interface SpanEnd {
  readonly attributes?: Attributes
  readonly isFailure?: boolean
}

const tracer = trace.getTracer('vaultline')
let isTracing = false

/** Makes spans from now on. Called once, at start, when there is somewhere to send them. Without it nothing here costs anything. */
export function traceFromNowOn(): void {
  isTracing = true
}

/** What is under way: where a span begins, and how it ends. */
export interface SpanInProgress {
  /** Makes what is called inside, and all that it waits for, part of the span. */
  run<Value>(inside: () => Value): Value
  /** For the log, so that a line of it leads to its trace. */
  readonly ids: TraceIds
  end(end?: SpanEnd): void
}

/** How the log names a span and its trace. Empty where nothing is traced. */
export interface TraceIds {
  readonly trace_id?: string
  readonly span_id?: string
}

const noSpan: SpanInProgress = { run: (inside) => inside(), ids: {}, end() {} }

const spanKinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const

/** How a span is begun. */
export interface SpanOptions {
  readonly kind?: keyof typeof spanKinds
  readonly attributes?: Attributes
  /** Headers whose `traceparent` (W3C Trace Context) it goes on from. Left out: it belongs to what is under way. */
  readonly headers?: Readonly<Record<string, unknown>>
}

/** Begins a span; whoever does also ends it. */
export function beginSpan(
  name: string,
  { kind = 'internal', attributes = {}, headers }: SpanOptions = {},
): SpanInProgress {
  if (!isTracing) return noSpan
  const parent = headers === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, headers)
  const span = tracer.startSpan(name, { kind: spanKinds[kind], attributes }, parent)
  const inside = trace.setSpan(parent, span)
  return {
    run: (call) => context.with(inside, call),
    ids: idsOf(inside),
    end(end = {}) {
      endSpan(span, end)
    },
  }
}

function endSpan(span: Span, { attributes, isFailure = false }: SpanEnd): void {
  if (attributes !== undefined) span.setAttributes(attributes)
  if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

/** Calls inside a span, which ends with the promise. What it was rejected with is not told: its words may quote a key. */
export const inSpan = <Value>(
  name: string,
  attributes: Attributes,
  call: () => Promise<Value>,
): Promise<Value> => (isTracing ? traced(name, attributes, call) : call())

async function traced<Value>(
  name: string,
  attributes: Attributes,
  call: () => Promise<Value>,
): Promise<Value> {
  const span = beginSpan(name, { attributes })
  let isFailure = true
  try {
    const value = await span.run(call)
    isFailure = false
    return value
  } finally {
    span.end({ isFailure })
  }
}

/** Calls outside of any span: what goes on when the operation that began it has long ended is not part of it. */
export function outsideSpans<Value>(call: () => Value): Value {
  return isTracing ? context.with(ROOT_CONTEXT, call) : call()
}

/** The ids of the span that is under way, for the log. */
export const activeTraceIds = (): TraceIds => (isTracing ? idsOf(context.active()) : {})

function idsOf(inside: Context): TraceIds {
  const span = trace.getSpanContext(inside)
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }
}

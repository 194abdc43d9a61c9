import { diag, propagation, trace, context as traceContext } from '@opentelemetry/api'
import type { TracingSettings } from './config.ts'
import { orTimeout, systemClock } from './core/time.ts'
import { traceFromNowOn } from './core/tracing.ts'

/** How long a stop waits for the collector to take the last spans, in milliseconds. */
const flushTimeoutMs = 2000

/** How many characters of what the SDK complains of are logged. */
const maxComplaintLength = 500

/** Where it is told that spans cannot be sent. */
export interface TracingLog {
  warn(fields: { readonly reason: string }, message: string): void
}

/** What is to be done about traces when the process ends. */
export interface Tracing {
  /** Sends what was not sent yet, within a bounded time. */
  stop(): Promise<void>
}

/** Nothing is traced. */
export const noTracing: Tracing = { stop: async () => {} }

/**
 * Starts to make spans, and to send them by OTLP over HTTP. The SDK is loaded only here, so that a gateway that traces nothing
 * starts without it. It reads by itself where and with which headers (`OTEL_EXPORTER_OTLP_*`), and how the service is called.
 *
 * @param version of the gateway
 */
export async function startTracing(
  { sampler, scheduleDelayMs }: TracingSettings,
  version: string,
  log: TracingLog,
): Promise<Tracing> {
  const [sdk, { OTLPTraceExporter }, resources, { AsyncLocalStorageContextManager }, core] =
    await Promise.all([
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-proto'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/core'),
    ])
  const complain = (reason: string) =>
    log.warn({ reason: reason.slice(0, maxComplaintLength) }, 'traces could not be sent')
  diag.setLogger({ error: complain, warn: complain, info() {}, debug() {}, verbose() {} })
  const root = rootSampler(sdk, sampler)
  const provider = new sdk.TracerProvider({
    sampler: sampler.isParentBased ? new sdk.ParentBasedSampler({ root }) : root,
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': 'vaultline', 'service.version': version }))
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        scheduledDelayMillis: scheduleDelayMs,
      }),
    ],
  })
  traceContext.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)
  traceFromNowOn()
  return {
    stop: () =>
      orTimeout(provider.shutdown(), systemClock, flushTimeoutMs).catch((error: unknown) =>
        complain(String(error)),
      ),
  }
}

function rootSampler(
  sdk: typeof import('@opentelemetry/sdk-trace'),
  { share }: TracingSettings['sampler'],
): InstanceType<typeof sdk.AlwaysOnSampler | typeof sdk.TraceIdRatioBasedSampler> {
  return share === 1 ? new sdk.AlwaysOnSampler() : new sdk.TraceIdRatioBasedSampler(share)
}

import { createContextFactory } from '../graphql/context.ts'
import { createCosts } from '../graphql/costs.ts'
import { createDocumentCheck } from '../graphql/documents.ts'
import { createErrorPresentation } from '../graphql/error-presentation.ts'
import { createExecution } from '../graphql/execution.ts'
import { createOperationReport } from '../graphql/operation-report.ts'
import { createOperationChoice } from '../graphql/operations.ts'
import { createPersistedDocuments } from '../graphql/persisted-documents.ts'
import { createSchema } from '../graphql/schema.ts'
import { createSubscriptions } from '../graphql/subscriptions.ts'
import type { TrustedDocuments } from '../graphql/trusted-documents.ts'
import type { Resource } from '../resource.ts'
import { createAdmission } from '../server/admission.ts'
import type { Drain } from '../server/drain.ts'
import type { GraphOptions } from '../server/graphql-route.ts'
import type { Identification } from '../server/identification.ts'
import type { AppBase } from './base.ts'
import type { Clients } from './clients.ts'

/** Makes the graph that all transports share. */
export function createGraph(
  { settings, log, metrics, reportFailure, clock, allowedOrigins }: AppBase,
  { writes }: Clients,
  built: readonly Resource[],
  given: {
    readonly trustedDocuments: TrustedDocuments | undefined
    readonly identification: Identification
    readonly drain: Drain
  },
): GraphOptions {
  const schema = createSchema(built)
  const createContext = createContextFactory(built)
  const presentError = createErrorPresentation(log, reportFailure, metrics.graph, settings.introspection)
  const costsOf = createCosts(
    schema,
    built.map(({ costs }) => costs),
  )
  return {
    schema,
    chooseOperation: createOperationChoice({
      checkDocument: createDocumentCheck({
        schema,
        limits: settings.documentLimits,
        costsOf,
        allowsIntrospection: settings.introspection,
      }),
      persisted: createPersistedDocuments(given.trustedDocuments),
      maxCost: settings.maxQueryCost,
    }),
    admission: createAdmission(settings.admissionLimits, clock),
    createContext,
    execution: createExecution({ schema, createContext, presentError, writes, clock, events: metrics.graph }),
    identification: given.identification,
    presentError,
    operationReport: createOperationReport(schema, metrics.graph),
    subscriptions: createSubscriptions({ schema, createContext, presentError, clock, events: metrics.graph }),
    stopping: given.drain.givenUp,
    allowedOrigins,
  }
}

// Generated from schema.graphql and web/board/results/operations.graphql by `npm run codegen`. Do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/**
 * In which order results come. Where two are equal, and where the value is missing or cannot be read, it is that of
 * Vault's file; what is missing comes last.
 */
export type ProfilingResultOrder =
  /** The most CPU time first. */
  | 'CPU_TIME'
  /** The longest first. */
  | 'ELAPSED_TIME'
  /** The most memory first. */
  | 'MEMORY'
  /** The earliest first. */
  | 'TIMESTAMP';

/** Where a profiling session stands. */
export type ProfilingSessionStatus =
  /** Is recording. */
  | 'IN_PROGRESS'
  /** Has ended; Vault prepares the results. */
  | 'PROCESSING'
  /** Has ended, and the results can be downloaded. */
  | 'COMPLETE'
  /** A status that this gateway does not know yet. `rawStatus` has Vault's word. */
  | 'UNKNOWN';

export type ResultRowFragment = { readonly id: string, readonly timestamp: string | null, readonly rawTimestamp: string | null, readonly userName: string | null, readonly userId: string | null, readonly sdkRequestId: string | null, readonly executionId: string | null, readonly sdkCount: number | null, readonly cpuTimeNs: number | null, readonly elapsedTimeMs: number | null, readonly grossMemoryBytes: number | null };

export type ResultsSummaryQueryVariables = Exact<{
  name: string;
}>;


export type ResultsSummaryQuery = { readonly profilingSession: { readonly id: string, readonly label: string, readonly description: string | null, readonly status: ProfilingSessionStatus, readonly rawStatus: string, readonly createdDate: string, readonly resultsSummary: { readonly requestCount: number, readonly userCount: number, readonly totals: { readonly sdkCount: number, readonly cpuTimeNs: number, readonly elapsedTimeMs: number, readonly grossMemoryBytes: number }, readonly cpuTimeNs: { readonly p50: number, readonly p95: number, readonly p99: number } | null, readonly elapsedTimeMs: { readonly p50: number, readonly p95: number, readonly p99: number } | null } | null } | null };

export type ResultsQueryVariables = Exact<{
  name: string;
  orderBy: ProfilingResultOrder;
  after?: string | null | undefined;
}>;


export type ResultsQuery = { readonly profilingSession: { readonly id: string, readonly results: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly timestamp: string | null, readonly rawTimestamp: string | null, readonly userName: string | null, readonly userId: string | null, readonly sdkRequestId: string | null, readonly executionId: string | null, readonly sdkCount: number | null, readonly cpuTimeNs: number | null, readonly elapsedTimeMs: number | null, readonly grossMemoryBytes: number | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null } | null };

export const ResultRowFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ResultRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ProfilingResult"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}},{"kind":"Field","name":{"kind":"Name","value":"rawTimestamp"}},{"kind":"Field","name":{"kind":"Name","value":"userName"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"sdkRequestId"}},{"kind":"Field","name":{"kind":"Name","value":"executionId"}},{"kind":"Field","name":{"kind":"Name","value":"sdkCount"}},{"kind":"Field","name":{"kind":"Name","value":"cpuTimeNs"}},{"kind":"Field","name":{"kind":"Name","value":"elapsedTimeMs"}},{"kind":"Field","name":{"kind":"Name","value":"grossMemoryBytes"}}]}}]} as unknown as DocumentNode<ResultRowFragment, unknown>;
export const ResultsSummaryDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ResultsSummary"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profilingSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"rawStatus"}},{"kind":"Field","name":{"kind":"Name","value":"createdDate"}},{"kind":"Field","name":{"kind":"Name","value":"resultsSummary"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requestCount"}},{"kind":"Field","name":{"kind":"Name","value":"userCount"}},{"kind":"Field","name":{"kind":"Name","value":"totals"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sdkCount"}},{"kind":"Field","name":{"kind":"Name","value":"cpuTimeNs"}},{"kind":"Field","name":{"kind":"Name","value":"elapsedTimeMs"}},{"kind":"Field","name":{"kind":"Name","value":"grossMemoryBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cpuTimeNs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"p50"}},{"kind":"Field","name":{"kind":"Name","value":"p95"}},{"kind":"Field","name":{"kind":"Name","value":"p99"}}]}},{"kind":"Field","name":{"kind":"Name","value":"elapsedTimeMs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"p50"}},{"kind":"Field","name":{"kind":"Name","value":"p95"}},{"kind":"Field","name":{"kind":"Name","value":"p99"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ResultsSummaryQuery, ResultsSummaryQueryVariables>;
export const ResultsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Results"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ProfilingResultOrder"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profilingSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"results"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"200"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ResultRow"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ResultRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ProfilingResult"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}},{"kind":"Field","name":{"kind":"Name","value":"rawTimestamp"}},{"kind":"Field","name":{"kind":"Name","value":"userName"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"sdkRequestId"}},{"kind":"Field","name":{"kind":"Name","value":"executionId"}},{"kind":"Field","name":{"kind":"Name","value":"sdkCount"}},{"kind":"Field","name":{"kind":"Name","value":"cpuTimeNs"}},{"kind":"Field","name":{"kind":"Name","value":"elapsedTimeMs"}},{"kind":"Field","name":{"kind":"Name","value":"grossMemoryBytes"}}]}}]} as unknown as DocumentNode<ResultsQuery, ResultsQueryVariables>;
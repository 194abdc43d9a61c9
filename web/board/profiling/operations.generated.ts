// Generated from schema.graphql and web/board/profiling/operations.graphql by `npm run codegen`. Do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What a new profiling session is to record. */
export type CreateProfilingSessionInput = {
  /** What people call the session: 1 to 255 characters, not only spaces. Vault makes the name of it. */
  readonly label: string;
  /** What the session is for: up to 4,000 characters. Left out or empty: none. */
  readonly description?: string | null | undefined;
  /** Vault's id of the one user whose requests are recorded: a whole number. Left out: the requests of all users. */
  readonly userId?: string | null | undefined;
};

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

export type ProfilingRowFragment = { readonly id: string, readonly name: string, readonly label: string, readonly description: string | null, readonly status: ProfilingSessionStatus, readonly rawStatus: string, readonly userId: string | null, readonly createdDate: string, readonly expirationDate: string | null };

export type ProfilingSessionsQueryVariables = Exact<{ [key: string]: never; }>;


export type ProfilingSessionsQuery = { readonly profilingSessions: ReadonlyArray<{ readonly id: string, readonly name: string, readonly label: string, readonly description: string | null, readonly status: ProfilingSessionStatus, readonly rawStatus: string, readonly userId: string | null, readonly createdDate: string, readonly expirationDate: string | null }> | null };

export type FollowProfilingSessionSubscriptionVariables = Exact<{
  name: string;
}>;


export type FollowProfilingSessionSubscription = { readonly profilingSessionUpdated: { readonly id: string, readonly name: string, readonly label: string, readonly description: string | null, readonly status: ProfilingSessionStatus, readonly rawStatus: string, readonly userId: string | null, readonly createdDate: string, readonly expirationDate: string | null } | null };

export type ProfilingResultsLinkQueryVariables = Exact<{
  name: string;
}>;


export type ProfilingResultsLinkQuery = { readonly profilingSession: { readonly id: string, readonly resultsUrl: string | null } | null };

export type CreateProfilingSessionMutationVariables = Exact<{
  input: CreateProfilingSessionInput;
}>;


export type CreateProfilingSessionMutation = { readonly createProfilingSession: { readonly profilingSession: { readonly id: string, readonly name: string, readonly label: string, readonly description: string | null, readonly status: ProfilingSessionStatus, readonly rawStatus: string, readonly userId: string | null, readonly createdDate: string, readonly expirationDate: string | null } | null } | null };

export type EndProfilingSessionMutationVariables = Exact<{
  name: string;
}>;


export type EndProfilingSessionMutation = { readonly endProfilingSession: { readonly profilingSession: { readonly id: string, readonly name: string, readonly label: string, readonly description: string | null, readonly status: ProfilingSessionStatus, readonly rawStatus: string, readonly userId: string | null, readonly createdDate: string, readonly expirationDate: string | null } | null } | null };

export type DeleteProfilingSessionMutationVariables = Exact<{
  name: string;
}>;


export type DeleteProfilingSessionMutation = { readonly deleteProfilingSession: { readonly name: string } | null };

export const ProfilingRowFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ProfilingRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ProfilingSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"rawStatus"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"createdDate"}},{"kind":"Field","name":{"kind":"Name","value":"expirationDate"}}]}}]} as unknown as DocumentNode<ProfilingRowFragment, unknown>;
export const ProfilingSessionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ProfilingSessions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profilingSessions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ProfilingRow"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ProfilingRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ProfilingSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"rawStatus"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"createdDate"}},{"kind":"Field","name":{"kind":"Name","value":"expirationDate"}}]}}]} as unknown as DocumentNode<ProfilingSessionsQuery, ProfilingSessionsQueryVariables>;
export const FollowProfilingSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"FollowProfilingSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profilingSessionUpdated"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ProfilingRow"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ProfilingRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ProfilingSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"rawStatus"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"createdDate"}},{"kind":"Field","name":{"kind":"Name","value":"expirationDate"}}]}}]} as unknown as DocumentNode<FollowProfilingSessionSubscription, FollowProfilingSessionSubscriptionVariables>;
export const ProfilingResultsLinkDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ProfilingResultsLink"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profilingSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"resultsUrl"}}]}}]}}]} as unknown as DocumentNode<ProfilingResultsLinkQuery, ProfilingResultsLinkQueryVariables>;
export const CreateProfilingSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateProfilingSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateProfilingSessionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createProfilingSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profilingSession"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ProfilingRow"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ProfilingRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ProfilingSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"rawStatus"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"createdDate"}},{"kind":"Field","name":{"kind":"Name","value":"expirationDate"}}]}}]} as unknown as DocumentNode<CreateProfilingSessionMutation, CreateProfilingSessionMutationVariables>;
export const EndProfilingSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"EndProfilingSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"endProfilingSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profilingSession"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ProfilingRow"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ProfilingRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ProfilingSession"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"rawStatus"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"createdDate"}},{"kind":"Field","name":{"kind":"Name","value":"expirationDate"}}]}}]} as unknown as DocumentNode<EndProfilingSessionMutation, EndProfilingSessionMutationVariables>;
export const DeleteProfilingSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteProfilingSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteProfilingSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<DeleteProfilingSessionMutation, DeleteProfilingSessionMutationVariables>;
// Generated from schema.graphql and web/board/pipelines/operations.graphql by `npm run codegen`. Do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Where a Feldera pipeline stands. */
export type PipelineStatus =
  /** Does not run, and holds no machine. */
  | 'STOPPED'
  /** Waits for a machine to run on. */
  | 'PROVISIONING'
  /** Has a machine, but its process does not answer. */
  | 'UNAVAILABLE'
  /** Runs on several hosts, which are being brought together. */
  | 'COORDINATION'
  /** Stands by for another one, and takes over when it is told to. */
  | 'STANDBY'
  /** Was changed, and waits for somebody to approve that it starts with the changes. */
  | 'AWAITING_APPROVAL'
  /** Its process starts. */
  | 'INITIALIZING'
  /** Computes new and changed views from what it has stored, and takes no input meanwhile. */
  | 'BOOTSTRAPPING'
  /** Computes new and changed views while the others go on. */
  | 'CONCURRENT_BOOTSTRAPPING'
  /** Brings new and changed views up to date with the others; its input pauses meanwhile. */
  | 'SYNCHRONIZING'
  /** Repeats the input that it had taken before it stopped. */
  | 'REPLAYING'
  /** Runs, but takes no input. */
  | 'PAUSED'
  /** Is at work. */
  | 'RUNNING'
  /** Has stored its state and ended, to go on later. */
  | 'SUSPENDED'
  /** Gives up its machine. */
  | 'STOPPING'
  /** A status that this gateway does not know yet. `rawStatus` has Feldera's word. */
  | 'UNKNOWN';

/** Why there is no CPU profile. */
export type SamplyProfileUnavailableReason =
  /** Feldera knows no pipeline of this name. */
  | 'PIPELINE_NOT_FOUND'
  /** The pipeline does not run. Profiles live in the running pipeline and are gone when it stops. */
  | 'PIPELINE_NOT_RUNNING'
  /** No profile was collected since the pipeline started. `startSamplyProfile` collects one. */
  | 'NOT_COLLECTED'
  /** The last collection failed; `message` has Feldera's words. */
  | 'COLLECTION_FAILED';

export type PipelinesQueryVariables = Exact<{ [key: string]: never; }>;


export type PipelinesQuery = { readonly pipelines: ReadonlyArray<{ readonly name: string, readonly description: string | null, readonly status: PipelineStatus, readonly rawStatus: string, readonly canProfile: boolean }> | null };

export type FollowProfileSubscriptionVariables = Exact<{
  pipelineName: string;
}>;


export type FollowProfileSubscription = { readonly samplyProfileUpdated:
    | { readonly __typename: 'SamplyProfile', readonly id: string, readonly fileName: string, readonly observedAt: string }
    | { readonly __typename: 'SamplyProfileInProgress', readonly pipelineName: string, readonly retryAfter: number }
    | { readonly __typename: 'SamplyProfileUnavailable', readonly pipelineName: string, readonly reason: SamplyProfileUnavailableReason, readonly message: string }
   | null };

export type CollectProfileMutationVariables = Exact<{
  pipelineName: string;
  durationSecs: number;
}>;


export type CollectProfileMutation = { readonly startSamplyProfile: { readonly profile:
      | { readonly __typename: 'SamplyProfile', readonly id: string }
      | { readonly __typename: 'SamplyProfileInProgress', readonly retryAfter: number }
      | { readonly __typename: 'SamplyProfileUnavailable', readonly message: string }
     | null } | null };


export const PipelinesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Pipelines"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pipelines"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"rawStatus"}},{"kind":"Field","name":{"kind":"Name","value":"canProfile"}}]}}]}}]} as unknown as DocumentNode<PipelinesQuery, PipelinesQueryVariables>;
export const FollowProfileDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"FollowProfile"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"samplyProfileUpdated"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"pipelineName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SamplyProfile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"fileName"}},{"kind":"Field","name":{"kind":"Name","value":"observedAt"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SamplyProfileInProgress"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pipelineName"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfter"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SamplyProfileUnavailable"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pipelineName"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<FollowProfileSubscription, FollowProfileSubscriptionVariables>;
export const CollectProfileDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CollectProfile"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"durationSecs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startSamplyProfile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"pipelineName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}}},{"kind":"Argument","name":{"kind":"Name","value":"durationSecs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"durationSecs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"profile"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SamplyProfile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SamplyProfileInProgress"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryAfter"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SamplyProfileUnavailable"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<CollectProfileMutation, CollectProfileMutationVariables>;
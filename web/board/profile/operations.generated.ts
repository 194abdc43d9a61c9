// Generated from schema.graphql and web/board/profile/operations.graphql by `npm run codegen`. Do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What hot functions are ordered by. */
export type HotFunctionOrder =
  /** The samples that were taken in the function itself. */
  | 'SELF'
  /** The samples that were taken in the function or in what it called. */
  | 'TOTAL';

export type ProfileOverviewQueryVariables = Exact<{
  pipelineName: string;
}>;


export type ProfileOverviewQuery = { readonly samplyProfile:
    | { readonly __typename: 'SamplyProfile', readonly id: string, readonly size: number, readonly analysis: { readonly startTime: string | null, readonly durationMs: number, readonly intervalMs: number, readonly sampleCount: number, readonly threads: ReadonlyArray<{ readonly name: string, readonly processName: string | null, readonly sampleCount: number, readonly cpuTimeMs: number | null }> } | null }
    | { readonly __typename: 'SamplyProfileInProgress' }
    | { readonly __typename: 'SamplyProfileUnavailable' }
   | null };

export type HotFunctionsQueryVariables = Exact<{
  pipelineName: string;
  thread?: string | null | undefined;
  by: HotFunctionOrder;
}>;


export type HotFunctionsQuery = { readonly samplyProfile:
    | { readonly __typename: 'SamplyProfile', readonly id: string, readonly analysis: { readonly hotFunctions: ReadonlyArray<{ readonly name: string, readonly library: string | null, readonly selfSamples: number, readonly selfShare: number, readonly totalShare: number }> } | null }
    | { readonly __typename: 'SamplyProfileInProgress' }
    | { readonly __typename: 'SamplyProfileUnavailable' }
   | null };

export type FlameGraphQueryVariables = Exact<{
  pipelineName: string;
  thread?: string | null | undefined;
  inverted: boolean;
}>;


export type FlameGraphQuery = { readonly samplyProfile:
    | { readonly __typename: 'SamplyProfile', readonly id: string, readonly analysis: { readonly flameGraph: ReadonlyArray<{ readonly name: string, readonly library: string | null, readonly depth: number, readonly parent: number | null, readonly start: number, readonly selfSamples: number, readonly totalSamples: number }> } | null }
    | { readonly __typename: 'SamplyProfileInProgress' }
    | { readonly __typename: 'SamplyProfileUnavailable' }
   | null };

export type ProfileLinksQueryVariables = Exact<{
  pipelineName: string;
}>;


export type ProfileLinksQuery = { readonly samplyProfile:
    | { readonly __typename: 'SamplyProfile', readonly id: string, readonly downloadUrl: string, readonly viewerUrl: string, readonly flameGraphUrl: string }
    | { readonly __typename: 'SamplyProfileInProgress' }
    | { readonly __typename: 'SamplyProfileUnavailable' }
   | null };


export const ProfileOverviewDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ProfileOverview"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"samplyProfile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"pipelineName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SamplyProfile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"analysis"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startTime"}},{"kind":"Field","name":{"kind":"Name","value":"durationMs"}},{"kind":"Field","name":{"kind":"Name","value":"intervalMs"}},{"kind":"Field","name":{"kind":"Name","value":"sampleCount"}},{"kind":"Field","name":{"kind":"Name","value":"threads"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"processName"}},{"kind":"Field","name":{"kind":"Name","value":"sampleCount"}},{"kind":"Field","name":{"kind":"Name","value":"cpuTimeMs"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<ProfileOverviewQuery, ProfileOverviewQueryVariables>;
export const HotFunctionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"HotFunctions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"thread"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"by"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"HotFunctionOrder"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"samplyProfile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"pipelineName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SamplyProfile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"analysis"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hotFunctions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}},{"kind":"Argument","name":{"kind":"Name","value":"by"},"value":{"kind":"Variable","name":{"kind":"Name","value":"by"}}},{"kind":"Argument","name":{"kind":"Name","value":"thread"},"value":{"kind":"Variable","name":{"kind":"Name","value":"thread"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"library"}},{"kind":"Field","name":{"kind":"Name","value":"selfSamples"}},{"kind":"Field","name":{"kind":"Name","value":"selfShare"}},{"kind":"Field","name":{"kind":"Name","value":"totalShare"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<HotFunctionsQuery, HotFunctionsQueryVariables>;
export const FlameGraphDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FlameGraph"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"thread"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"inverted"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"samplyProfile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"pipelineName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SamplyProfile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"analysis"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"flameGraph"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"thread"},"value":{"kind":"Variable","name":{"kind":"Name","value":"thread"}}},{"kind":"Argument","name":{"kind":"Name","value":"inverted"},"value":{"kind":"Variable","name":{"kind":"Name","value":"inverted"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"library"}},{"kind":"Field","name":{"kind":"Name","value":"depth"}},{"kind":"Field","name":{"kind":"Name","value":"parent"}},{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"selfSamples"}},{"kind":"Field","name":{"kind":"Name","value":"totalSamples"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<FlameGraphQuery, FlameGraphQueryVariables>;
export const ProfileLinksDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ProfileLinks"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"samplyProfile"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"pipelineName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"pipelineName"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SamplyProfile"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"downloadUrl"}},{"kind":"Field","name":{"kind":"Name","value":"viewerUrl"}},{"kind":"Field","name":{"kind":"Name","value":"flameGraphUrl"}}]}}]}}]}}]} as unknown as DocumentNode<ProfileLinksQuery, ProfileLinksQueryVariables>;
/** From this `npm run compose --prefix bench/peers` makes `supergraph.graphql` (https://the-guild.dev/graphql/mesh/v1/source-handlers/openapi). */
import { defineConfig } from '@graphql-mesh/compose-cli'
import { loadOpenAPISubgraph } from '@omnigraph/openapi'

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('Vault', {
        source: './openapi.json',
        // Stands for Vault's address, which the gateway is told when it starts.
        endpoint: 'http://vault.example',
        operationHeaders: { authorization: '{context.headers.authorization}' },
      }),
    },
  ],
  additionalTypeDefs: `
    extend type Job {
      tasks: JobTasks @resolveTo(
        sourceName: "Vault"
        sourceTypeName: "Query"
        sourceFieldName: "jobTasks"
        requiredSelectionSet: "{ job_id }"
        sourceArgs: { id: "{root.job_id}" }
      )
    }
  `,
})

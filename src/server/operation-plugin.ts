import { type ApolloServerPlugin, type BaseContext, HeaderMap } from '@apollo/server'
import { type DocumentNode, type GraphQLError, Kind } from 'graphql'
import type { ErrorPresentation } from '../graphql/error-presentation.ts'
import type { OperationChoice } from '../graphql/operations.ts'

/** What Apollo Server takes for a document that is not run, so that it does not look at that one itself. */
const noDocument: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] }

/** Is told in place of a text that Apollo Server has to have. It is never parsed. */
const noText = '#'

/**
 * Lets the choice that all transports share decide over what Apollo Server runs: it takes a document that is there already,
 * and then neither parses nor validates (`processGraphQLRequest`; wants `documentStore: null`). So a document is checked once and
 * remembered once, whichever transport it comes by, and one that is too large is refused before it is validated.
 */
export function operationPlugin(
  chooseOperation: OperationChoice,
  presentError: ErrorPresentation,
): ApolloServerPlugin<BaseContext> {
  return {
    async requestDidStart(requestContext) {
      const { request } = requestContext
      const { query, operationName, variables, extensions } = request
      const { persistedQuery, ...otherExtensions } = extensions ?? {}
      // Apollo Server says that there is none.
      if (!query && persistedQuery === undefined) return
      const { document, source, errors } = chooseOperation({ query, operationName, variables, extensions })
      request.query = source ?? noText
      if (persistedQuery !== undefined) request.extensions = otherExtensions
      Object.assign(requestContext, { document: document ?? noDocument })
      if (errors === undefined) return
      return {
        async responseForOperation() {
          const singleResult = { errors: errors.map(presentError) }
          return {
            http: { status: statusOf(errors), headers: new HeaderMap() },
            body: { kind: 'single', singleResult },
          }
        },
      }
    },
  }
}

/** A client that is told that its hash is not known has done nothing wrong, and sends the text next. */
function statusOf(errors: readonly GraphQLError[]): number {
  return errors.every(({ extensions }) => extensions['code'] === 'PERSISTED_QUERY_NOT_FOUND') ? 200 : 400
}

import { GraphQLScalarType } from 'graphql'
import { GraphQLDateTime, GraphQLSafeInt, GraphQLURL } from 'graphql-scalars'

/**
 * graphql-scalars would turn a date into a `Date` and print it in its own way. What an upstream printed was checked
 * where it was decoded, and is handed on unchanged.
 */
const DateTime = new GraphQLScalarType({ ...GraphQLDateTime.toConfig(), serialize: (value) => value })

/** How the scalars of the schema are read and written. */
export const scalars = { DateTime, SafeInt: GraphQLSafeInt, URL: GraphQLURL }

import type { GraphQLScalarType } from 'graphql'
import { GraphQLDateTime, GraphQLSafeInt, GraphQLURL } from 'graphql-scalars'

/** Takes over how a scalar is read and written, and leaves its description to `schema.graphql`. */
function behaviourOf({ serialize, parseValue, parseLiteral }: GraphQLScalarType) {
  return { __serialize: serialize, __parseValue: parseValue, __parseLiteral: parseLiteral }
}

/**
 * How the scalars of the schema are read and written. graphql-scalars would turn a date into a `Date` and print it in its
 * own way. What an upstream printed was checked where it was decoded, and is handed on unchanged.
 */
export const scalars = {
  DateTime: { ...behaviourOf(GraphQLDateTime), __serialize: (value: unknown) => value },
  SafeInt: behaviourOf(GraphQLSafeInt),
  URL: behaviourOf(GraphQLURL),
}

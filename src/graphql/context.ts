import type { Loaders, OperationContext, OperationScope } from '../core/operation.ts'
import type { Resource } from '../resource.ts'

/** Makes the context of an operation. */
export type ContextFactory = (scope: OperationScope) => OperationContext

/** Makes contexts with the loaders of all resources. */
export function createContextFactory(resources: readonly Resource[]): ContextFactory {
  /** Each resource makes the loaders that it declares, so that together they are all of `Loaders`. */
  const loadersFor = (scope: OperationScope): Loaders =>
    Object.assign({}, ...resources.map((resource) => resource.loadersFor(scope)))

  return (scope) => {
    let loaders = loadersFor(scope)
    return {
      caller: scope.caller,
      signal: scope.signal,
      get loaders() {
        return loaders
      },
      renewLoaders() {
        loaders = loadersFor(scope)
      },
    }
  }
}

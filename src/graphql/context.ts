import type { Loaders, OperationContext, OperationScope } from '../core/operation.ts'
import type { Resource } from '../resource.ts'

/** Makes the context of an operation. */
export type ContextFactory = (scope: OperationScope) => OperationContext

/** Makes contexts with the loaders of all resources, each made when it is first asked for: most operations need one. */
export function createContextFactory(resources: readonly Resource[]): ContextFactory {
  return (scope) => ({ ...scope, loaders: lazyLoaders(resources, scope) })
}

/** What the proxies of all operations stand before. */
const nothing = Object.freeze(Object.create(null))

/** Each resource makes the loaders that it declares, so that together they are all of `Loaders`. */
function lazyLoaders(resources: readonly Resource[], scope: OperationScope): Loaders {
  const made: Partial<Loaders> = {}
  return new Proxy<Loaders>(nothing, {
    get(_target, name) {
      const resource = resources.find((one) => one.name === name)
      return resource === undefined ? undefined : (made[resource.name] ?? make(resource))
    },
  })

  function make<Name extends keyof Loaders>(resource: Resource<Name>): Loaders[Name] {
    const loaders = resource.createLoaders(scope)
    if (resource.tellsBasis !== true) scope.basis?.isPassing()
    Object.assign(made, { [resource.name]: loaders })
    return loaders
  }
}

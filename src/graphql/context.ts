import type { Loaders, OperationContext, OperationScope } from '../core/operation.ts'
import type { Resource } from '../resource.ts'

/** Makes the context of an operation. */
export type ContextFactory = (scope: OperationScope) => OperationContext

/** Makes contexts with the loaders of all resources, each made when it is first asked for: most operations need one. */
export function createContextFactory(resources: readonly Resource[]): ContextFactory {
  const byName = new Map<PropertyKey, Resource>(resources.map((resource) => [resource.name, resource]))
  return (scope) => ({ ...scope, loaders: new Proxy<Loaders>(nothing, new LazyLoaders(byName, scope)) })
}

/** What the proxies of all operations stand before. */
const nothing = Object.freeze(Object.create(null))

/** Each resource makes the loaders that it declares, so that together they are all of `Loaders`. */
class LazyLoaders implements ProxyHandler<Loaders> {
  readonly #resources: ReadonlyMap<PropertyKey, Resource>
  readonly #scope: OperationScope
  readonly #made: { -readonly [Name in keyof Loaders]?: Loaders[Name] } = {}

  constructor(resources: ReadonlyMap<PropertyKey, Resource>, scope: OperationScope) {
    this.#resources = resources
    this.#scope = scope
  }

  get(_target: Loaders, name: PropertyKey) {
    const resource = this.#resources.get(name)
    return resource === undefined ? undefined : (this.#made[resource.name] ?? this.#make(resource))
  }

  #make<Name extends keyof Loaders>(resource: Resource<Name>): Loaders[Name] {
    const loaders = resource.createLoaders(this.#scope)
    if (resource.tellsBasis !== true) this.#scope.basis?.isPassing()
    this.#made[resource.name] = loaders
    return loaders
  }
}

/** One line of a service's route table. A segment that begins with `:` takes one path segment as a key. */
export interface Route<Name extends string, Target> {
  name: Name
  method: string
  /** Such as `services/jobs/:id/tasks`, without a leading slash. */
  path: string
  target: Target
}

/** What the table says of one request. */
export interface RouteMatch<Name extends string, Target> {
  name: Name
  /** Undefined when the path is known and the method is not. */
  target: Target | undefined
  /** The keys in the path, percent-decoded, in order. */
  keys: readonly string[]
}

interface CompiledRoute<Name extends string, Target> extends Route<Name, Target> {
  segments: readonly string[]
}

/**
 * Compiles a route table into a look-up by method and path segments. Routes are tried in order, so a fixed
 * segment goes before a key. Undefined: no route has this path.
 */
export function createRouter<Name extends string, Target>(
  routes: readonly Route<Name, Target>[],
): (method: string, segments: readonly string[]) => RouteMatch<Name, Target> | undefined {
  const byLength = new Map<number, CompiledRoute<Name, Target>[]>()
  for (const route of routes) {
    const segments = route.path.split('/')
    const sameLength = byLength.get(segments.length) ?? []
    sameLength.push({ ...route, segments })
    byLength.set(segments.length, sameLength)
  }

  return (method, segments) => {
    let otherMethod: RouteMatch<Name, Target> | undefined
    for (const route of byLength.get(segments.length) ?? []) {
      const keys = keysOf(route.segments, segments)
      if (keys === undefined) continue
      if (route.method === method) return { name: route.name, target: route.target, keys }
      otherMethod ??= { name: route.name, target: undefined, keys }
    }
    return otherMethod
  }
}

function keysOf(pattern: readonly string[], segments: readonly string[]): string[] | undefined {
  const keys: string[] = []
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? ''
    if (expected.startsWith(':')) keys.push(decodeSegment(segment))
    else if (expected !== segment) return undefined
  }
  return keys
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

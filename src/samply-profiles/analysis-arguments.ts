import { badUserInput } from '../core/errors.ts'
import type { AnalysedThread } from './analysis/analysis.ts'
import type { FlameGraphView } from './analysis/flame-graph.ts'
import type { HotFunctionsView } from './analysis/hot-functions.ts'

interface Range {
  readonly min: number
  readonly max: number
  readonly default: number
}

const hotFunctionsRange: Range = { min: 1, max: 500, default: 20 }
const shareRange: Range = { min: 0, max: 1, default: 0.001 }
const depthRange: Range = { min: 1, max: 1000, default: 128 }

/** Names of threads that an error lists. */
const maxListedThreads = 20

type Given<Arguments> = { readonly [Name in keyof Arguments]?: Arguments[Name] | null | undefined }

/** @throws GatewayError BAD_USER_INPUT naming the argument that is out of its range */
export function hotFunctionsView({ first, by }: Given<HotFunctionsView>): HotFunctionsView {
  return { first: within(hotFunctionsRange, 'first', first), by: by ?? 'SELF' }
}

/** @throws GatewayError BAD_USER_INPUT naming the argument that is out of its range */
export function flameGraphView({
  minShare,
  maxDepth,
  inverted,
}: Given<{ minShare: number; maxDepth: number; inverted: boolean }>): FlameGraphView {
  return {
    minShare: within(shareRange, 'minShare', minShare),
    maxDepth: within(depthRange, 'maxDepth', maxDepth),
    isInverted: inverted ?? false,
  }
}

/**
 * The thread that was asked for.
 *
 * @returns undefined where none was
 * @throws GatewayError BAD_USER_INPUT where the profile has none of this name
 */
export function threadNamed(
  threads: readonly AnalysedThread[],
  name: string | null | undefined,
): string | undefined {
  if (name === null || name === undefined) return undefined
  if (threads.some((thread) => thread.name === name)) return name
  const names = [...new Set(threads.map((thread) => thread.name))]
  const listed = names.slice(0, maxListedThreads).map((one) => `“${one}”`)
  const more = names.length > listed.length ? ` and ${names.length - listed.length} more` : ''
  throw badUserInput(
    `\`thread\` is “${name.slice(0, 80)}”, and the profile has no thread of this name. It has ${listed.join(', ')}${more}.`,
  )
}

function within({ min, max, default: usual }: Range, name: string, value: number | null | undefined): number {
  const given = value ?? usual
  if (given >= min && given <= max) return given
  throw badUserInput(`\`${name}\` is ${given}; it must be from ${min} to ${max}.`)
}

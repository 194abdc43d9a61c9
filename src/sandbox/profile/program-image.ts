import { type PretendedFunction, pretendedFunctions } from './call-grammar.ts'

/** How many bytes every function of the pretended program takes. */
export const functionSizeBytes = 0x800

const firstAddress = 0x10000
const names = Object.keys(pretendedFunctions)
const addresses = new Map(names.map((name, index) => [name, firstAddress + index * functionSizeBytes]))

/** What a function may do next: call one of these, or, with what is left of `total`, work itself. */
export interface Choices {
  total: number
  callees: readonly { callee: string; weight: number }[]
}

const choices = new Map(Object.entries(pretendedFunctions).map(([name, it]) => [name, toChoices(it)]))

/** What the function of this name may do next. */
export function choicesOf(name: string): Choices {
  return choices.get(name) ?? { total: 0, callees: [] }
}

/** The function of this name. */
export function functionNamed(name: string): PretendedFunction {
  const found = pretendedFunctions[name]
  if (found === undefined) throw new Error(`The pretended program has no function ${name}.`)
  return found
}

/** Where a function begins, relative to its library. */
export function addressOf(name: string): number {
  return addresses.get(name) ?? firstAddress
}

/** The name of the function whose code is at an address. */
export function symbolAt(address: number): string {
  return names[Math.floor((address - firstAddress) / functionSizeBytes)] ?? ''
}

function toChoices(pretended: PretendedFunction): Choices {
  const callees = Object.entries(pretended.calls).map(([callee, weight]) => ({ callee, weight }))
  const total = callees.reduce((sum, { weight }) => sum + weight, pretended.self)
  return { total, callees }
}

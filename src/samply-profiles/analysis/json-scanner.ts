import { TaskRefusal } from '../../workers/serve.ts'
import { numberAt, numberEnd } from './json-numbers.ts'
import { endOfSkipped, type Skipping } from './json-skipping.ts'
import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  endOfScalar,
  endOfText,
  isSpace,
  letterN,
  openBrace,
  openBracket,
  quote,
  textAt,
} from './json-tokens.ts'

/**
 * What is wanted of a JSON value. What no shape asks for is gone over without being kept, and `null` in the place of
 * anything but an element of `numbers` counts as if it were not there.
 */
export type Shape =
  | { readonly kind: 'object'; readonly members: Readonly<Record<string, Shape>>; end?(): void }
  /** A list whose elements each have a shape of their own, made when it begins. */
  | { readonly kind: 'list'; element(index: number): Shape }
  /** A list of numbers; null is handed on as NaN. */
  | { readonly kind: 'numbers'; push(value: number): void }
  | { readonly kind: 'texts'; push(text: string): void }
  /** A small value, parsed whole. */
  | { readonly kind: 'value'; accept(value: unknown): void }
  | { readonly kind: 'skip' }

/** Whatever it is, it is not wanted. */
export const skip: Shape = { kind: 'skip' }

/** Reads one JSON text that arrives in pieces. */
export interface JsonScanner {
  /** @throws TaskRefusal naming the place where the text is no JSON, or not of the wanted shape */
  feed(piece: Uint8Array): void
  /** @throws TaskRefusal where the text ended too early */
  end(): void
  /** Where the scanner is, such as `threads[3].stackTable.frame`. */
  path(): string
}

/** The longest key or text, and the longest number, in bytes. */
const maxTokenBytes = 1024 * 1024

/** The largest value that is parsed whole, in bytes. */
const maxValueBytes = 4 * 1024 * 1024

/** How deep what is wanted is nested. No shape of ours comes near. */
const maxNesting = 32

/** What may come next. */
type Expected = 'value' | 'first-element' | 'key-or-end' | 'key' | 'colon' | 'comma-or-end' | 'number' | 'end'

/** An object or a list that has begun. */
interface Level {
  readonly shape: Shape
  /** Undefined: a list. */
  key: string | undefined
  index: number
}

/**
 * Makes a scanner. It holds no more of the text than a piece, so it reads texts that are larger than a string can be
 * (512 MB in V8), and builds no objects for what nobody wants. In what is gone over only texts and brackets are looked
 * at.
 */
export function createJsonScanner(root: Shape): JsonScanner {
  const levels: Level[] = []
  let expected: Expected = 'value'
  let next: Shape = root
  let skipping: Skipping | undefined
  let carried: Buffer = Buffer.alloc(0)
  let offset = 0
  let isFirstNumber = false

  const path = () => pathOf(levels)
  const misfit = (wanted: string) => new TaskRefusal(`\`${path()}\` is ${wanted}`)
  const noJson = (bytes: Buffer, at: number) => {
    const found = at < bytes.length ? `“${printable(bytes, at)}”` : 'its end'
    return new TaskRefusal(`it is not JSON: ${found} at byte ${offset + at} does not belong there`)
  }

  const afterValue = () => {
    expected = levels.length === 0 ? 'end' : 'comma-or-end'
  }
  const enter = (shape: Shape, isList: boolean) => {
    if (levels.length >= maxNesting) throw misfit('nested too deep')
    levels.push({ shape, key: isList ? undefined : '', index: -1 })
  }
  const leave = () => {
    const level = levels.pop()
    if (level?.shape.kind === 'object') level.shape.end?.()
    afterValue()
  }
  const beginElement = () => {
    const level = levels.at(-1)
    if (level === undefined) return
    level.index += 1
    next = level.shape.kind === 'list' ? level.shape.element(level.index) : level.shape
    expected = 'value'
  }

  /** @returns where to go on, or -1 where the value is not there whole */
  const beginValue = (bytes: Buffer, at: number): number => {
    const first = bytes[at]
    if (first === letterN && next.kind !== 'skip') return readNull(bytes, at)
    switch (next.kind) {
      case 'object':
        if (first !== openBrace) throw misfit('no object')
        enter(next, false)
        expected = 'key-or-end'
        return at + 1
      case 'list':
      case 'texts':
      case 'numbers':
        if (first !== openBracket) throw misfit('no list')
        enter(next, true)
        isFirstNumber = true
        expected = next.kind === 'numbers' ? 'number' : 'first-element'
        return at + 1
      case 'value':
      case 'skip':
        return beginSkipping(bytes, at, next.kind === 'value' ? [] : undefined)
    }
  }
  const readNull = (bytes: Buffer, at: number): number => {
    if (bytes.length - at < 4) return -1
    if (bytes.toString('latin1', at, at + 4) !== 'null') throw noJson(bytes, at)
    afterValue()
    return at + 4
  }

  const beginSkipping = (bytes: Buffer, at: number, kept: Uint8Array[] | undefined): number => {
    const first = bytes[at]
    if (first === openBrace || first === openBracket || first === quote) {
      const isInText = first === quote
      skipping = { depth: isInText ? 0 : 1, isInText, isEscaped: false, kept, keptBytes: 0 }
      keep(skipping, bytes, at, at + 1)
      return at + 1
    }
    const end = endOfScalar(bytes, at)
    if (end === -1) return -1
    if (end === at) throw noJson(bytes, at)
    acceptKept(kept === undefined ? undefined : bytes.subarray(at, end))
    afterValue()
    return end
  }
  const keep = (value: Skipping, bytes: Buffer, from: number, to: number) => {
    if (value.kept === undefined) return
    value.keptBytes += to - from
    if (value.keptBytes > maxValueBytes) throw misfit(`larger than ${maxValueBytes} bytes`)
    value.kept.push(Buffer.from(bytes.subarray(from, to)))
  }
  const goOver = (value: Skipping, bytes: Buffer, from: number): number => {
    const at = endOfSkipped(value, bytes, from)
    keep(value, bytes, from, at)
    if (value.depth > 0 || value.isInText) return at
    skipping = undefined
    acceptKept(value.kept === undefined ? undefined : Buffer.concat(value.kept))
    afterValue()
    return at
  }
  const acceptKept = (kept: Buffer | undefined) => {
    if (kept === undefined || next.kind !== 'value') return
    try {
      next.accept(JSON.parse(kept.toString('utf8')))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw misfit('not JSON')
    }
  }

  /** Reads numbers until the list or the piece ends: most of a profile is read here. */
  const readNumbers = (bytes: Buffer, from: number, push: (value: number) => void): number => {
    let at = from
    for (;;) {
      while (at < bytes.length && isSpace(bytes[at] ?? 0)) at += 1
      const start = at
      if (bytes[at] === closeBracket && isFirstNumber) {
        leave()
        return at + 1
      }
      const value = numberAt(bytes, at)
      if (value === undefined) {
        if (start < bytes.length && endOfScalar(bytes, start) !== -1) throw misfit('no list of numbers')
        return start
      }
      at = numberEnd
      while (at < bytes.length && isSpace(bytes[at] ?? 0)) at += 1
      if (at === bytes.length) return start
      const behind = bytes[at]
      if (behind !== comma && behind !== closeBracket) throw noJson(bytes, at)
      const level = levels.at(-1)
      if (level !== undefined) level.index += 1
      push(value)
      at += 1
      isFirstNumber = false
      if (behind === closeBracket) {
        leave()
        return at
      }
    }
  }

  const readText = (bytes: Buffer, at: number): string | undefined => {
    if (bytes[at] !== quote) throw noJson(bytes, at)
    const end = endOfText(bytes, at)
    return end === -1 ? undefined : textAt(bytes, at, end)
  }

  /** @returns where the first token begins that is not there whole */
  const scan = (bytes: Buffer): number => {
    let at = 0
    for (;;) {
      if (skipping !== undefined) {
        at = goOver(skipping, bytes, at)
        if (skipping !== undefined) return at
      }
      while (at < bytes.length && isSpace(bytes[at] ?? 0)) at += 1
      if (at === bytes.length) return at
      const byte = bytes[at]
      const level = levels.at(-1)
      switch (expected) {
        case 'number': {
          if (level?.shape.kind !== 'numbers') throw noJson(bytes, at)
          const reached = readNumbers(bytes, at, level.shape.push)
          if (expected === 'number') return reached
          at = reached
          continue
        }
        case 'first-element':
          if (byte === closeBracket) {
            leave()
            at += 1
          } else beginElement()
          continue
        case 'value': {
          if (level?.shape.kind === 'texts') {
            const text = byte === letterN ? '' : readText(bytes, at)
            const end = byte === letterN ? endOfScalar(bytes, at) : endOfText(bytes, at)
            if (text === undefined || end === -1) return at
            level.shape.push(text)
            afterValue()
            at = end
            continue
          }
          const end = beginValue(bytes, at)
          if (end === -1) return at
          at = end
          continue
        }
        case 'key-or-end':
          if (byte === closeBrace) {
            leave()
            at += 1
            continue
          }
          expected = 'key'
          continue
        case 'key': {
          const key = readText(bytes, at)
          if (key === undefined) return at
          if (level?.shape.kind === 'object') {
            level.key = key
            next = Object.hasOwn(level.shape.members, key) ? (level.shape.members[key] ?? skip) : skip
          }
          at = endOfText(bytes, at)
          expected = 'colon'
          continue
        }
        case 'colon':
          if (byte !== colon) throw noJson(bytes, at)
          at += 1
          expected = 'value'
          continue
        case 'comma-or-end': {
          const isList = level?.key === undefined
          if (byte === (isList ? closeBracket : closeBrace)) leave()
          else if (byte !== comma) throw noJson(bytes, at)
          else if (isList) beginElement()
          else expected = 'key'
          at += 1
          continue
        }
        case 'end':
          throw noJson(bytes, at)
      }
    }
  }

  return {
    feed(piece) {
      const arrived = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
      const bytes = carried.length === 0 ? arrived : Buffer.concat([carried, arrived])
      const reached = scan(bytes)
      carried = Buffer.from(bytes.subarray(reached))
      offset += reached
      if (carried.length > maxTokenBytes) throw misfit(`more than ${maxTokenBytes} bytes in one piece`)
    },
    end() {
      if (expected !== 'end') throw new TaskRefusal(`it is not JSON: it ends in the middle${inside(path())}`)
    },
    path,
  }
}

const inside = (path: string) => (path === '' ? '' : `, in \`${path}\``)

function pathOf(levels: readonly Level[]): string {
  let path = ''
  for (const { shape, key, index } of levels) {
    if (key !== undefined) path += key === '' ? '' : `${path === '' ? '' : '.'}${key.slice(0, 80)}`
    else if (shape.kind === 'list') path += index < 0 ? '' : `[${index}]`
  }
  return path === '' ? 'the profile' : path
}

function printable(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 1).replace(/[^\x21-\x7e]/, '\ufffd')
}

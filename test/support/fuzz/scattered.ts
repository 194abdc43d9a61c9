import { Lexer, Source, TokenKind } from 'graphql'
import type { Chance } from './chance.ts'

/** Where the tokens of a document begin and end, in order. Comments are left out. */
export function tokensOf(document: string): readonly string[] {
  const lexer = new Lexer(new Source(document))
  const tokens: string[] = []
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    tokens.push(document.slice(token.start, token.end))
  }
  return tokens
}

const gaps = [
  ' ',
  ' ',
  ' ',
  '\n',
  '\r\n',
  '\t',
  ', ',
  ' ,,, ',
  '\n# a comment with "quotes" { $x }\n',
  ' \uFEFF ',
]

/** The same document in another layout: what may stand between tokens says nothing (GraphQL, 2.1.7). */
export function scattered(document: string, chance: Chance): string {
  if (chance.of(0.5)) return document
  const tokens = tokensOf(document)
  return tokens.map((token) => token + chance.pick(gaps)).join('')
}

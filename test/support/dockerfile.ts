import { readFileSync } from 'node:fs'

/** One `COPY` of a Dockerfile. */
export interface CopyStep {
  /** The stage that it copies from. Undefined: the project's folder. */
  readonly stage: string | undefined
  readonly sources: readonly string[]
  readonly target: string
}

/** One stage of a Dockerfile, as far as this project's has it. */
export interface DockerStage {
  /** Undefined: the last one, which is the image. */
  readonly name: string | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly copies: readonly CopyStep[]
  readonly runs: readonly string[]
  readonly user: string | undefined
  readonly command: readonly string[]
  readonly healthCheck: readonly string[]
}

/** Reads the stages of the project's Dockerfile, so that a test takes its steps where no Docker engine is. */
export function dockerStages(): readonly DockerStage[] {
  const text = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '')
  const begins = lines.flatMap((line, index) => (line.startsWith('FROM ') ? [index] : []))
  return begins.map((begin, index) => stageOf(lines[begin], lines.slice(begin + 1, begins[index + 1])))
}

function stageOf(from = '', lines: readonly string[]): DockerStage {
  const restsOf = (instruction: string) =>
    lines.flatMap((line) => (line.startsWith(`${instruction} `) ? line.slice(instruction.length + 1) : []))
  const listOf = (text: string | undefined): string[] => JSON.parse(/\[.*\]/.exec(text ?? '')?.[0] ?? '[]')
  const variables = restsOf('ENV').flatMap((rest) => rest.split(' '))
  return {
    name: / AS (\w+)$/.exec(from)?.[1],
    environment: Object.fromEntries(variables.map((variable) => variable.split('=', 2))),
    copies: restsOf('COPY').map(copyStepOf),
    runs: restsOf('RUN'),
    user: restsOf('USER')[0],
    command: listOf(restsOf('CMD')[0]),
    healthCheck: listOf(restsOf('HEALTHCHECK')[0]),
  }
}

function copyStepOf(rest: string): CopyStep {
  const words = rest.split(' ')
  const stage = words[0]?.startsWith('--from=') === true ? words.shift()?.slice('--from='.length) : undefined
  return { stage, target: words.pop() ?? '', sources: words }
}

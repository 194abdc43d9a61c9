/**
 * Fails on an import that goes up: each floor may use the floors below it, and no resource another one
 * (`docs/architecture.md`, Floors).
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')

/** From the ground up. Folders of one line are on one floor, and may not use each other. */
const floors = [
  ['core'],
  ['upstream', 'workers'],
  ['fleet'],
  ['watch'],
  ['resource.ts'],
  resourceFolders(),
  ['resources.ts'],
  ['graphql'],
  ['server'],
  ['metrics'],
  ['config.ts', 'log.ts'],
  ['tracing.ts'],
  ['upstream-choice.ts'],
  ['app'],
  ['banner.ts'],
  ['process.ts'],
  ['main.ts'],
]

/** The types of the resolvers name the models, and the resolvers name the types: both only as types. */
const generated = 'generated'

/** Used by no floor but the composition, and standing on the ground floor alone. */
const beside = ['sandbox']

/** A resource is a folder with a model. */
function resourceFolders(): string[] {
  return globSync('src/*/model.ts', { cwd: root }).map((file) => file.split('/')[1] ?? '')
}

const roomOf = (file: string) => relative(join(root, 'src'), file).split('/')[0] ?? ''
const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room))

function faultOf(importer: string, imported: string, isTypeOnly: boolean): string | undefined {
  const [from, to] = [roomOf(importer), roomOf(imported)]
  if (from === to) return undefined
  if (to === '..') return 'leaves src/'
  if (to === generated || from === generated)
    return isTypeOnly ? undefined : 'generated types are imported as types'
  if (beside.includes(from)) return to === 'core' ? undefined : `${from} stands on core alone`
  if (beside.includes(to))
    return from === 'upstream-choice.ts' ? undefined : `only upstream-choice.ts uses ${to}`
  if (resourceFolders().includes(to) && from !== 'resources.ts') return 'only resources.ts uses a resource'
  if (floorOf(from) === -1 || floorOf(to) === -1)
    return 'a room that is on no floor: add it to scripts/check-floors.ts'
  return floorOf(to) < floorOf(from) ? undefined : 'goes up, or to a neighbour'
}

const commentPattern = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm
const importPattern =
  /^(?:import|export) (type )?[^'"]*?from '(\.[^']+)'|^import '(\.[^']+)'|import\('(\.[^']+)'\)/gm

function faultsOf(file: string): string[] {
  const importer = join(root, file)
  const code = readFileSync(importer, 'utf8').replaceAll(commentPattern, '')
  return [...code.matchAll(importPattern)].flatMap(([, type, ...paths]) => {
    const path = paths.find((one) => one !== undefined) ?? ''
    const fault = faultOf(importer, resolve(dirname(importer), path), type !== undefined)
    return fault === undefined ? [] : [`${file} imports ${path}: ${fault}`]
  })
}

const faults = globSync('src/**/*.ts', { cwd: root }).flatMap(faultsOf)
for (const fault of faults) console.error(fault)
process.exit(faults.length === 0 ? 0 : 1)

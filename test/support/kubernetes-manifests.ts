import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { Deployment } from 'kubernetes-models/apps/v1'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { ConfigMap, Secret, Service } from 'kubernetes-models/v1'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const root = join(import.meta.dirname, '../..')

/** What the manifests may be of: the module that knows each, and its check by Kubernetes' OpenAPI schema. */
const kinds: Readonly<
  Record<string, { readonly module: string; check(content: Record<string, unknown>): void }>
> = {
  Deployment: { module: 'apps/v1', check: (content) => new Deployment(Object(content)).validate() },
  HorizontalPodAutoscaler: {
    module: 'autoscaling/v2',
    check: (content) => new HorizontalPodAutoscaler(Object(content)).validate(),
  },
  NetworkPolicy: {
    module: 'networking.k8s.io/v1',
    check: (content) => new NetworkPolicy(Object(content)).validate(),
  },
  PodDisruptionBudget: {
    module: 'policy/v1',
    check: (content) => new PodDisruptionBudget(Object(content)).validate(),
  },
  ConfigMap: { module: 'v1', check: (content) => new ConfigMap(Object(content)).validate() },
  Secret: { module: 'v1', check: (content) => new Secret(Object(content)).validate() },
  Service: { module: 'v1', check: (content) => new Service(Object(content)).validate() },
}

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
})

/** One object of a file in ops/kubernetes. */
export interface Manifest {
  readonly file: string
  readonly kind: string
  readonly name: string
  readonly content: Readonly<Record<string, unknown>>
}

/** The objects of all files in ops/kubernetes. */
export function kubernetesManifests(): readonly Manifest[] {
  const files = globSync('ops/kubernetes/*.yaml', { cwd: root }).filter(
    (file) => basename(file) !== 'kustomization.yaml',
  )
  return files.flatMap((file) =>
    parseAllDocuments(readFileSync(join(root, file), 'utf8')).map((document) => {
      const content = manifestSchema.parse(document.toJS())
      return { file, kind: content.kind, name: content.metadata.name, content }
    }),
  )
}

/**
 * What Kubernetes would object to in an object: values that its schema does not have.
 *
 * @returns undefined where nothing
 */
export function faultOf({ kind, content }: Pick<Manifest, 'kind' | 'content'>): string | undefined {
  try {
    const known = kinds[kind]
    if (known === undefined) return `no schema for ${kind}`
    known.check(content)
    return undefined
  } catch (error) {
    return String(error)
  }
}

/**
 * What the types of Kubernetes' API object to: the schema lets names pass that it does not know, such as a misspelt one, and the
 * compiler does not.
 *
 * @returns the compiler's words; empty where it takes them all
 */
export async function compilerFaults(
  manifests: readonly Pick<Manifest, 'kind' | 'content'>[],
): Promise<string> {
  // Inside the project, so that the compiler finds the package.
  const folder = await mkdtemp(join(root, 'node_modules/.manifests-'))
  try {
    const source = manifests.map(({ kind, content }, index) => {
      const { module = 'unknown' } = kinds[kind] ?? {}
      return `import type { I${kind} as Kind${index} } from 'kubernetes-models/${module}'
export const manifest${index}: Kind${index} = ${JSON.stringify(content, null, 1)}`
    })
    const file = join(folder, 'manifests.ts')
    await writeFile(file, source.join('\n'))
    const compiler = join(root, 'node_modules/.bin/tsc')
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--ignoreConfig', file]
    const { stdout } = await promisify(execFile)(compiler, options).catch(
      (error: { stdout: string }) => error,
    )
    return stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

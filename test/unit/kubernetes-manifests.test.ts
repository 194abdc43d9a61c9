import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { dockerStages } from '../support/dockerfile.ts'
import { compilerFaults, faultOf, kubernetesManifests } from '../support/kubernetes-manifests.ts'

const textOf = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const manifests = kubernetesManifests()
const named = (kind: string, name = 'vaultline') => {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.name === name)
  assert.ok(found, `${kind} ${name}`)
  return found.content
}

const labels = z.record(z.string(), z.string())
const container = z.object({
  image: z.string(),
  env: z.array(z.object({ name: z.string() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  resources: z.object({
    requests: z.object({ memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }) }).optional(),
})
const deployment = z.object({
  spec: z.object({
    selector: z.object({ matchLabels: labels }),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.object({
        automountServiceAccountToken: z.literal(false),
        terminationGracePeriodSeconds: z.number().optional(),
        securityContext: z.object({
          runAsNonRoot: z.literal(true),
          runAsUser: z.number().positive(),
          runAsGroup: z.number(),
          seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
        }),
        containers: z.tuple([container]),
      }),
    }),
  }),
})

describe('the manifests in ops/kubernetes', () => {
  for (const manifest of manifests) {
    it(`fit the schema of Kubernetes: ${manifest.kind} ${manifest.name} of ${manifest.file}`, () => {
      assert.equal(faultOf(manifest), undefined)
    })
  }

  it('have no name in them that Kubernetes does not know', { timeout: 60_000 }, async () => {
    assert.equal(await compilerFaults(manifests), '')
  })

  it('would be found out: a value and a name that are wrong', { timeout: 60_000 }, async () => {
    const kind = 'PodDisruptionBudget'
    const metadata = { name: 'x' }
    const content = { apiVersion: 'policy/v1', kind, metadata }
    assert.match(faultOf({ kind, content: { ...content, spec: { maxUnavailable: [] } } }) ?? '', /maxUnav/)
    const misspelt = { kind, content: { ...content, spec: { maxUnavailabel: 1 } } }
    assert.match(await compilerFaults([misspelt]), /maxUnavailabel/)
  })

  it('are all applied, but for the template of the secret', () => {
    const { resources } = z
      .object({ resources: z.array(z.string()) })
      .parse(parse(textOf('ops/kubernetes/kustomization.yaml')))
    const files = new Set(manifests.map(({ file }) => file.replace('ops/kubernetes/', '')))
    assert.ok(files.delete('secret.example.yaml'))
    assert.deepEqual(new Set(resources), files)
  })

  for (const name of ['vaultline', 'vaultline-valkey']) {
    it(`give ${name} no privileges and nothing to write to, and find it by its labels`, () => {
      const { spec } = deployment.parse(named('Deployment', name))
      const selected = [
        spec.selector.matchLabels,
        z.object({ spec: z.object({ selector: labels }) }).parse(named('Service', name)).spec.selector,
        z
          .object({ spec: z.object({ podSelector: z.object({ matchLabels: labels }) }) })
          .parse(named('NetworkPolicy', name)).spec.podSelector.matchLabels,
      ]
      for (const selector of selected) assert.deepEqual(selector, spec.template.metadata.labels)
    })
  }

  it('run the image as its own user, at its own port', () => {
    const image = dockerStages().at(-1)
    const { spec } = deployment.parse(named('Deployment')).spec.template
    assert.equal(`${spec.securityContext.runAsUser}:${spec.securityContext.runAsGroup}`, image?.user)
    assert.match(
      textOf('Dockerfile'),
      new RegExp(`^EXPOSE ${spec.containers[0].ports[0]?.containerPort}$`, 'm'),
    )
  })

  it('give a replica the time that it takes to stop, after the wait before it', () => {
    const { spec } = deployment.parse(named('Deployment')).spec.template
    const stopSeconds = Number(/stopTimeoutMs = (\d+)/.exec(textOf('src/process.ts'))?.[1]) / 1000
    const waitSeconds = spec.containers[0].lifecycle?.preStop.sleep.seconds ?? 0
    assert.ok(stopSeconds > 0 && (spec.terminationGracePeriodSeconds ?? 0) > waitSeconds + stopSeconds)
  })

  it('set what the gateway knows, and secrets by the Secret alone', () => {
    const known = new Set([...textOf('.env.example').matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name))
    const settings = z.object({ data: labels }).parse(named('ConfigMap')).data
    const { env } = deployment.parse(named('Deployment')).spec.template.spec.containers[0]
    const names = [...Object.keys(settings), ...env.map(({ name }) => name)]
    for (const name of names) assert.ok(known.has(name), name)
    for (const secret of ['GATEWAY_SECRET', 'REDIS_URL', 'FELDERA_API_KEY']) {
      assert.ok(!Object.hasOwn(settings, secret) && names.includes(secret), secret)
    }
  })
})

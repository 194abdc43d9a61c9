import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Gateway, startGateway } from '../support/gateway.ts'
import { scrape } from '../support/metrics.ts'

const root = new URL('../../', import.meta.url)
const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8')

const dashboardSchema = z.object({
  panels: z.array(
    z.object({
      title: z.string().min(1),
      type: z.enum(['row', 'timeseries', 'stat']),
      description: z.string().min(1).optional(),
      targets: z.array(z.object({ expr: z.string().min(1) })).optional(),
    }),
  ),
  templating: z.object({
    list: z.array(z.object({ query: z.union([z.string(), z.object({ query: z.string() })]) })),
  }),
})

const alertsSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Vaultline[A-Z]\w+$/),
          expr: z.string().min(1),
          for: z.string().regex(/^\d+m$/),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({ summary: z.string().min(1) }),
        }),
      ),
    }),
  ),
})

/** Names of metrics in text: what Prometheus itself adds, and what a histogram adds, are no names of ours. */
const metricsIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:vaultline|nodejs|process)_\w+/g)].map(([name]) => name)

describe('files for operators', () => {
  let gateway: Gateway
  let known: ReadonlySet<string>
  before(async () => {
    gateway = await startGateway()
    const { names } = await scrape(gateway)
    known = new Set(names.flatMap((name) => [name, `${name}_bucket`, `${name}_count`, `${name}_sum`]))
  })
  after(() => gateway?.stop())

  const dashboard = () => dashboardSchema.parse(JSON.parse(textOf('ops/grafana-dashboard.json')))
  const rules = () =>
    alertsSchema
      .parse(parse(textOf('ops/alerts.yaml'), { strict: true }))
      .groups.flatMap((group) => group.rules)

  it('the dashboard is one of Grafana, and each metric in it is told by /metrics', () => {
    const { panels, templating } = dashboard()
    const charts = panels.filter(({ type }) => type !== 'row')
    assert.ok(charts.length > 15)
    for (const { title, description, targets = [] } of charts) {
      assert.ok(description !== undefined, `${title} is not described`)
      assert.ok(targets.length > 0, title)
      for (const { expr } of targets) {
        const named = metricsIn(expr)
        assert.ok(named.length > 0, expr)
        for (const name of named) assert.ok(known.has(name), `${title}: ${name}`)
        assert.equal(expr.split('(').length, expr.split(')').length, expr)
      }
    }
    for (const name of metricsIn(JSON.stringify(templating))) assert.ok(known.has(name), name)
  })

  it('the alerts are rules of Prometheus, and each metric in them is told by /metrics', () => {
    const all = rules()
    assert.ok(all.length >= 8)
    assert.equal(new Set(all.map(({ alert }) => alert)).size, all.length)
    for (const { alert, expr } of all) {
      for (const name of metricsIn(expr)) assert.ok(known.has(name), `${alert}: ${name}`)
      assert.equal(expr.split('(').length, expr.split(')').length, expr)
    }
  })

  it('the dashboard shows every metric of the gateway', () => {
    const shown = new Set(metricsIn(JSON.stringify(dashboard())).map((name) => name.replace(/_bucket$/, '')))
    const own = [...known].filter((name) => /^vaultline_(?!.*_(bucket|count|sum)$)/.test(name))
    assert.deepEqual(
      own.filter((name) => !shown.has(name)),
      [],
    )
  })

  it('docs/observability.md has a row for each metric of the gateway, and a paragraph for each alert', () => {
    const text = textOf('docs/observability.md')
    const own = [...known].filter((name) => /^vaultline_(?!.*_(bucket|count|sum)$)/.test(name))
    const rows = [...text.matchAll(/^\| `(vaultline_\w+)`/gm)].map(([, name]) => name)
    assert.deepEqual(rows.toSorted(), own.toSorted())
    const told = [...text.matchAll(/^\| `(Vaultline\w+)`/gm)].map(([, name]) => name)
    assert.deepEqual(
      told.toSorted(),
      rules()
        .map(({ alert }) => alert)
        .toSorted(),
    )
  })
})

import assert from 'node:assert/strict'

/** One value of one scrape. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What `/metrics` told at one time. */
export interface Scraped {
  readonly text: string
  readonly samples: readonly Sample[]
  /** The names that there are types of, whether or not they have a value yet. */
  readonly names: readonly string[]
  /** The values with these labels, added up; 0 where there are none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
}

/** Of what a gateway holds nothing when nobody asks anything of it. */
export const heldGauges = [
  'vaultline_subscribers',
  'vaultline_followed_things',
  'vaultline_watches',
  'vaultline_upstream_calls_in_queue',
]

/** Reads the metrics of a gateway, as Prometheus does. */
export async function scrape({ url }: { readonly url: string }): Promise<Scraped> {
  const response = await fetch(`${url}/metrics`)
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  return scrapedFrom(await response.text())
}

/** Reads what `/metrics` told. */
export function scrapedFrom(text: string): Scraped {
  const samples = [...text.matchAll(/^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = '', labels = '', value]) => ({ name, labels: labelsOf(labels), value: Number(value) }),
  )
  return {
    text,
    samples,
    names: [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name),
    sum: (name, labels = {}) =>
      samples
        .filter((sample) => sample.name === name)
        .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
        .reduce((sum, { value }) => sum + value, 0),
  }
}

const labelsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]))

/**
 * How much a value has grown since.
 *
 * @param labels those that a sample must have
 */
export const growth = (
  before: Scraped,
  now: Scraped,
  name: string,
  labels?: Readonly<Record<string, string>>,
): number => now.sum(name, labels) - before.sum(name, labels)

/** Scrapes until something is so: a counter is set behind the answer that it counts. */
export async function scrapeUntil(
  gateway: { readonly url: string },
  isSo: (scraped: Scraped) => boolean,
): Promise<Scraped> {
  for (;;) {
    const scraped = await scrape(gateway)
    if (isSo(scraped)) return scraped
  }
}

const printed = new Map<number, string>()
const maximumPrinted = 50_000

/**
 * A moment as Vault prints it: whole seconds, always `.000Z`. UTC, though of scheduled jobs the documentation also says "the
 * Vault time zone" (API reference, Retrieve Job Status).
 */
export function vaultDate(atMs: number): string {
  const known = printed.get(atMs)
  if (known !== undefined) return known
  // Lists print the same dates again and again, and printing them was what they spent their time on.
  if (printed.size >= maximumPrinted) printed.clear()
  const text = `${new Date(atMs).toISOString().slice(0, 19)}.000Z`
  printed.set(atMs, text)
  return text
}

/**
 * Reads a moment as Vault wants it in a query, `YYYY-MM-DDTHH:MM:SSZ` (API reference, Retrieve Job Histories). A fraction
 * is allowed, which is not documented. Undefined: it is none.
 */
export function parseVaultDate(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text)) return undefined
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? undefined : atMs
}

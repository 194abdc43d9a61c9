/**
 * The value below which a share of the values lies, by the nearest rank.
 *
 * @param share from 0 to 1; 1 is the largest value
 */
export function percentile(values: readonly number[], share: number): number {
  const ascending = values.toSorted((one, other) => one - other)
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? Number.NaN
}

/** The value in the middle. */
export const median = (values: readonly number[]) => percentile(values, 0.5)

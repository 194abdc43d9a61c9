const units = ['bytes', 'KB', 'MB', 'GB', 'TB']

/** A size in bytes as people read it, such as `13.1 MB`. A thousand bytes are a KB, as Vault counts. */
export function sizeOf(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const number = bytes / 1000 ** power
  return `${power > 0 && number < 100 ? number.toFixed(1) : Math.round(number)} ${units[power]}`
}

/** A share from 0 to 1 as a percentage, such as `34.2%`. */
export function percentOf(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 && share > 0 ? 2 : 1)}%`
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** A moment as seen from another, such as `3 min. ago` or `in 2 hr.`. */
export function ago(moment: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(moment) - nowMs) / 1000)
  const [unit, size] = units.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1]
  return relative.format(Math.trunc(seconds / size), unit)
}

/** A moment in full, for whoever wants to know exactly. */
export function inFull(moment: string): string {
  return absolute.format(new Date(moment))
}

const printed = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

/**
 * The moment for which a job is scheduled. Vault prints it by the clock of the Vault user although it ends in `Z`, so it is
 * shown as it is printed and not turned into the time of the browser.
 */
export function byVaultsClock(moment: string): string {
  return printed.format(new Date(moment))
}

/** A duration, such as `7 s`, `1 min 05 s` or `2 h 10 min`. What is not over yet, or began in the future, is at least 0. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`
}

const twoDigits = (number: number) => String(number).padStart(2, '0')

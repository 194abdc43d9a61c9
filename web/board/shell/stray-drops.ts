/**
 * Keeps a file that is dropped beside a place for files from being opened in the board's stead: the uploads of the page would
 * stop. Text can still be dropped into fields.
 */
export function ignoreStrayDrops(): void {
  for (const type of ['dragover', 'drop'] as const) {
    window.addEventListener(type, (event) => {
      const { dataTransfer, defaultPrevented } = event
      if (defaultPrevented || dataTransfer?.types.includes('Files') !== true) return
      event.preventDefault()
      dataTransfer.dropEffect = 'none'
    })
  }
}

/** Loaded into a measured server with `--import`: collects garbage when the benchmark asks, and tells when it is done. */
process.on('message', () => {
  globalThis.gc?.()
  process.send?.('collected')
})
// A benchmark that failed leaves no server behind.
process.on('disconnect', () => process.exit())
// Listening must not keep a server alive that wants to end.
process.channel?.unref()

/** Vite gathers imported style sheets; the import itself has no value. */
declare module '*.css' {}

/** The address of a file that Vite has copied. */
declare module '*.svg' {
  const address: string
  export default address
}

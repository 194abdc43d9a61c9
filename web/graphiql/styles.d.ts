/** esbuild gathers imported style sheets into one file; the import itself has no value. */
declare module '*.css' {}

/**
 * What is started. Node keeps what it has compiled, types stripped, in a folder of this installation, and takes it from there the
 * next time: a start costs half, and the process is smaller by what strips types. Where the folder cannot be written it goes
 * without.
 */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/vaultline', import.meta.url)))
// Only now, since an import above would be loaded before.
await import('./process.ts')

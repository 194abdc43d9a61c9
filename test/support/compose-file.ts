import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

/** What docker-compose.yml says. */
export type ComposeFile = z.output<typeof composeFileSchema>

const serviceSchema = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  user: z.string().optional(),
  stop_grace_period: z.string().optional(),
})

const composeFileSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  networks: z.object({
    default: z.object({ ipam: z.object({ config: z.tuple([z.object({ subnet: z.string() })]) }) }),
  }),
})

/** The project's docker-compose.yml as plain data: anchors are followed, and variables that nobody has set are filled in. */
export function composeFileData(): unknown {
  const text = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')
  return parse(
    text.replaceAll(/\$\{\w+:-([^}]*)\}/g, (_variable, fallback: string) => fallback),
    { merge: true },
  )
}

/** The project's docker-compose.yml, decoded. */
export const composeFile = (): ComposeFile => composeFileSchema.parse(composeFileData())

import { z } from 'zod'

/** The last entry of an archive: without it the archive was cut off. */
export const manifestName = 'manifest.json'
/** The tables as lines of text, see platform/sql/dump. */
export const tablesName = 'sql/tables.dump'
export const masterKeyName = 'keys/master.key'

const part = z.strictObject({
  path: z.string(),
  sizeBytes: z.number().int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

export const manifest = z.object({
  format: z.literal(1),
  program: z.string(),
  createdAt: z.iso.datetime(),
  /** Of the log that was copied; a restored log gets another. */
  epoch: z.string(),
  database: z.enum(['pglite', 'postgres']),
  rows: z.number().int(),
  hasMasterKey: z.boolean(),
  parts: z.array(part),
})
export type Manifest = z.infer<typeof manifest>
export type ManifestPart = z.infer<typeof part>

/** Folders of a data directory that an archive holds; nothing else is taken out of one. */
export const partFolders = ['sql', 'events', 'log', 'keys', 'blobs'] as const

const plainPath = /^(?:sql|events|log|keys|blobs)(?:\/[\w.-]{1,200}){1,6}$/

/** Whether an entry may be written below the data directory: no way leads out of it. */
export const isPartPath = (path: string): boolean =>
  plainPath.test(path) && !path.split('/').some((name) => name === '.' || name === '..')

import { z } from 'zod'
import { instant, pageOf, pageQuery, tlp } from '../kernel/index.ts'
import { fileFacts } from './file-facts.ts'

/** An artifact is its content: the SHA-256 of it, in hex. */
export const artifactId = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in 64 lower-case hex digits')

export const scanStates = ['waiting', 'done', 'failed'] as const

export const artifact = z
  .object({
    id: artifactId,
    md5: z.string(),
    sha1: z.string(),
    sizeBytes: z.number().int(),
    name: z.string(),
    type: z.string(),
    typeTitle: z.string(),
    source: z.string(),
    tlp,
    labels: z.array(z.string()),
    /** Packed in other artifacts, and not sent by itself. */
    isMember: z.boolean(),
    uploadedBy: z.string(),
    createdAt: instant,
    scan: z.object({
      state: z.enum(scanStates),
      at: instant.nullable(),
      /** Why it failed. */
      error: z.string().nullable(),
      matches: z.number().int(),
    }),
  })
  .meta({ id: 'Artifact' })
export type Artifact = z.infer<typeof artifact>

export const yaraMatch = z
  .object({
    rule: z.string(),
    set: z.object({ id: z.string(), name: z.string() }),
    /** The file of the set that holds the rule. */
    file: z.string(),
    tags: z.array(z.string()),
    meta: z.array(z.object({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
    /** By offset; the first of them when there are many. */
    strings: z.array(z.object({ id: z.string(), offset: z.number().int(), length: z.number().int(), hex: z.string() })),
    stringsFound: z.number().int(),
    /** No alert is made of it: an exception says so, or the set makes none. */
    isSilent: z.boolean(),
  })
  .meta({ id: 'YaraMatch' })
export type YaraMatch = z.infer<typeof yaraMatch>

const related = z.object({
  id: artifactId,
  /** Of the packed file within the archive. */
  path: z.string(),
  type: z.string(),
  sizeBytes: z.number().int(),
  matches: z.number().int(),
})

export const artifactDetail = artifact
  .extend({
    note: z.string(),
    facts: fileFacts.nullable(),
    matches: z.array(yaraMatch),
    /** At most 1,000. */
    children: z.array(related),
    parents: z.array(related),
  })
  .meta({ id: 'ArtifactDetail' })
export type ArtifactDetail = z.infer<typeof artifactDetail>

export const artifactQuery = pageQuery.extend({
  /** Words of the name or a label, or a hash. */
  text: z.string().max(200).optional(),
  type: z.string().max(40).optional(),
  matched: z.enum(['true', 'false']).optional(),
  /** Packed files too. */
  members: z.enum(['true', 'false']).default('false'),
})
export type ArtifactQuery = z.infer<typeof artifactQuery>
/** Newest first. */
export const artifactPage = pageOf(artifact)

const name = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .transform((text) => text.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd'))
const labels = z.array(z.string().trim().min(1).max(60)).max(30)

export const artifactUpload = z.object({
  name,
  source: z.string().trim().min(1).max(120).default('upload'),
  tlp: tlp.default('amber'),
  note: z.string().max(5000).default(''),
})
export type ArtifactUpload = z.infer<typeof artifactUpload>

export const artifactUploaded = z.object({ artifact, isNew: z.boolean() })

export const artifactEdit = z.object({
  name: name.optional(),
  note: z.string().max(5000).optional(),
  labels: labels.optional(),
  tlp: tlp.optional(),
})
export type ArtifactEdit = z.infer<typeof artifactEdit>

/** How it is taken out: packed with the password `infected`, or as bytes without a type. */
export const artifactDownloadQuery = z.object({ as: z.enum(['zip', 'bytes']).default('zip') })

/** Deleting takes the name of what is deleted, or its id. */
export const artifactDeleteQuery = z.object({ confirm: z.string().max(300) })

export const artifactBytesQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  length: z.coerce.number().int().min(1).max(4096).default(512),
})
export const artifactBytes = z.object({ offset: z.number().int(), sizeBytes: z.number().int(), hex: z.string() })

export const scanStarted = z.object({ jobId: z.string() })

/** Rules of YARA matched an artifact that they had not matched before, and no exception speaks against telling it. */
export const artifactsMatched = z.object({
  artifactId,
  name: z.string(),
  sha256: z.string(),
  sha1: z.string(),
  md5: z.string(),
  sizeBytes: z.number().int(),
  type: z.string(),
  source: z.string(),
  tlp,
  uploadedBy: z.string(),
  atMs: z.number(),
  /** The artifact had been scanned before; rules or exceptions have changed since. */
  retrospective: z.boolean(),
  matches: z.array(
    z.object({
      setId: z.string(),
      setName: z.string(),
      setVersion: z.number().int(),
      rule: z.string(),
      file: z.string(),
      tags: z.array(z.string()),
      meta: z.array(z.object({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
      strings: z.array(z.object({ identifier: z.string(), offset: z.number().int(), preview: z.string() })).max(50),
      stringsFound: z.number().int(),
    }),
  ),
})
export type ArtifactsMatched = z.infer<typeof artifactsMatched>

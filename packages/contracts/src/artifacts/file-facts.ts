import { z } from 'zod'
import { instant } from '../kernel/index.ts'

const section = z.object({ name: z.string(), offset: z.number(), sizeBytes: z.number(), entropy: z.number() })

const peFacts = z.object({
  machine: z.string(),
  is64Bit: z.boolean(),
  isLibrary: z.boolean(),
  subsystem: z.string(),
  builtAt: instant.nullable(),
  sections: z.array(section),
  imports: z.array(z.object({ library: z.string(), functions: z.array(z.string()) })),
  importCount: z.number().int(),
  imphash: z.string().nullable(),
  /** It carries a signature; whether that is good is not said. */
  isSigned: z.boolean(),
  overlayBytes: z.number(),
})

const elfFacts = z.object({
  machine: z.string(),
  is64Bit: z.boolean(),
  kind: z.string(),
  sections: z.array(section),
  libraries: z.array(z.string()),
  interpreter: z.string().nullable(),
  isStripped: z.boolean(),
})

const pdfFacts = z.object({
  version: z.string(),
  pages: z.number().int(),
  hasJavaScript: z.boolean(),
  hasEmbeddedFiles: z.boolean(),
  hasOpenAction: z.boolean(),
  hasLaunch: z.boolean(),
  hasForms: z.boolean(),
  isEncrypted: z.boolean(),
  hasObjectStreams: z.boolean(),
  uris: z.array(z.string()),
})

const officeFacts = z.object({
  format: z.enum(['ole', 'ooxml']),
  application: z.string().nullable(),
  hasMacros: z.boolean(),
  hasEmbeddedObjects: z.boolean(),
  isEncrypted: z.boolean(),
  externalLinks: z.array(z.string()),
  streams: z.array(z.string()),
})

const archiveFacts = z.object({
  format: z.enum(['zip', 'gzip', 'tar']),
  members: z.number().int(),
  unpackedMembers: z.number().int(),
  unpackedBytes: z.number(),
  isEncrypted: z.boolean(),
  /** Members that were left packed, or why nothing further was unpacked. */
  refused: z.array(z.object({ path: z.string(), reason: z.string() })),
})

/** What a file is by its bytes, and what it says of itself. */
export const fileFacts = z
  .object({
    /** Bits per byte, 0 to 8. */
    entropy: z.number(),
    strings: z.number().int(),
    pe: peFacts.optional(),
    elf: elfFacts.optional(),
    pdf: pdfFacts.optional(),
    office: officeFacts.optional(),
    archive: archiveFacts.optional(),
  })
  .meta({ id: 'FileFacts' })
export type FileFacts = z.infer<typeof fileFacts>

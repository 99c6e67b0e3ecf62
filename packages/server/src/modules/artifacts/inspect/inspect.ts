import { createHash } from 'node:crypto'
import type { FileFacts } from '@watchfloor/contracts/artifacts'
import { toInstant } from '@watchfloor/contracts/kernel'
import {
  countStrings,
  elfFactsOf,
  entropyOf,
  fileTypeOf,
  type OfficeFacts,
  oleFactsOf,
  pdfFactsOf,
  peFactsOf,
} from '@watchfloor/engines/file-facts'
import { tooDeep, type Unpacked, unpack, unpackLimits } from './unpack.ts'

/** A file that was looked into: the artifact itself, or one packed in it. */
export interface InspectedFile {
  /** Which of the files it was packed in; -1 for the artifact itself. */
  readonly parent: number
  /** Within its parent. */
  readonly path: string
  readonly sha256: string
  readonly sha1: string
  readonly md5: string
  readonly sizeBytes: number
  readonly type: string
  readonly typeTitle: string
  readonly facts: FileFacts
  /** Of packed files; the artifact's own are kept already. */
  readonly bytes: Uint8Array | null
}

/** Looks into a file and, within bounds, into what is packed in it. Never throws for what a file holds. */
export function inspect(root: Buffer, name: string): InspectedFile[] {
  const budget = { members: unpackLimits.members, bytes: unpackLimits.bytes }
  const found: InspectedFile[] = []
  const waiting = [{ bytes: root, path: name, parent: -1, depth: 0 }]
  for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
    const { bytes, path, parent, depth } = one
    const type = fileTypeOf(bytes)
    const unpacked = depth < unpackLimits.depth ? unpack(bytes, type.name, path, budget) : tooDeep(type.name)
    const index = found.length
    found.push({
      parent,
      path,
      ...hashesOf(bytes),
      sizeBytes: bytes.length,
      type: unpacked?.office ? 'ooxml' : type.name,
      typeTitle: unpacked?.office ? 'Office document' : type.title,
      facts: factsOf(bytes, type.name, unpacked),
      bytes: parent < 0 ? null : bytes,
    })
    for (const member of unpacked?.members ?? [])
      waiting.push({ bytes: member.bytes, path: member.path, parent: index, depth: depth + 1 })
  }
  return found
}

const hashOf = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex')

const hashesOf = (bytes: Uint8Array) => ({
  sha256: hashOf('sha256', bytes),
  sha1: hashOf('sha1', bytes),
  md5: hashOf('md5', bytes),
})

function factsOf(bytes: Uint8Array, type: string, unpacked: Unpacked | undefined): FileFacts {
  const pe = type === 'pe' ? peFacts(bytes) : undefined
  const elf = type === 'elf' ? elfFactsOf(bytes) : undefined
  const office = type === 'ole' ? oleFactsOf(bytes) : unpacked?.office
  return {
    entropy: entropyOf(bytes),
    strings: countStrings(bytes),
    ...(pe ? { pe } : {}),
    ...(elf ? { elf: { ...elf, sections: [...elf.sections], libraries: [...elf.libraries] } } : {}),
    ...(type === 'pdf' ? { pdf: pdfFacts(bytes) } : {}),
    ...(office ? { office: officeFacts(office) } : {}),
    ...(unpacked && !unpacked.office ? { archive: archiveFacts(unpacked) } : {}),
  }
}

function peFacts(bytes: Uint8Array): FileFacts['pe'] {
  const facts = peFactsOf(bytes)
  if (!facts) return undefined
  const { builtMs, importText, imports, sections, ...rest } = facts
  return {
    ...rest,
    builtAt: builtMs === null ? null : toInstant(builtMs),
    sections: [...sections],
    imports: imports.map(({ library, functions }) => ({ library, functions: [...functions] })),
    imphash: importText === null ? null : hashOf('md5', Buffer.from(importText)),
  }
}

const pdfFacts = (bytes: Uint8Array): FileFacts['pdf'] => {
  const { uris, ...facts } = pdfFactsOf(bytes)
  return { ...facts, uris: [...uris] }
}

const officeFacts = ({ externalLinks, streams, ...facts }: OfficeFacts): FileFacts['office'] => ({
  ...facts,
  externalLinks: [...externalLinks],
  streams: [...streams],
})

const archiveFacts = ({ format, count, members, isEncrypted, refused }: Unpacked): FileFacts['archive'] => ({
  format,
  members: count,
  unpackedMembers: members.length,
  unpackedBytes: members.reduce((sum, { bytes }) => sum + bytes.length, 0),
  isEncrypted,
  refused: [...refused],
})

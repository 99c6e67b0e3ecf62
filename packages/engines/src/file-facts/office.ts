import { ByteReader } from './byte-reader.ts'

export interface OfficeFacts {
  readonly format: 'ole' | 'ooxml'
  /** `word`, `excel`, `powerpoint`, `outlook`, or nothing known. */
  readonly application: string | null
  readonly hasMacros: boolean
  readonly hasEmbeddedObjects: boolean
  readonly isEncrypted: boolean
  /** Where it takes other things from: templates, pictures, objects. */
  readonly externalLinks: readonly string[]
  readonly streams: readonly string[]
}

const maxStreams = 200
const maxSectors = 4096
const maxLinks = 100

/** What the directory of an OLE compound file tells. Bounded, and never throws. */
export function oleFactsOf(bytes: Uint8Array): OfficeFacts {
  const streams = directoryOf(new ByteReader(bytes))
  const has = (pattern: RegExp) => streams.some((name) => pattern.test(name))
  return {
    format: 'ole',
    application: has(/^WordDocument$/i)
      ? 'word'
      : has(/^(?:Workbook|Book)$/i)
        ? 'excel'
        : has(/^PowerPoint Document$/i)
          ? 'powerpoint'
          : has(/^__properties_version1\.0$/i)
            ? 'outlook'
            : null,
    hasMacros: has(/^(?:Macros|VBA|_VBA_PROJECT|_VBA_PROJECT_CUR)$/i),
    hasEmbeddedObjects: has(/^(?:ObjectPool|MBD[\dA-F]{8}|.Ole10Native)$/i),
    isEncrypted: has(/^EncryptedPackage$/i),
    externalLinks: [],
    streams: streams.slice(0, maxStreams),
  }
}

/** Follows the directory's sectors through the allocation table; a table that runs in circles ends at the bound. */
function directoryOf(reader: ByteReader): string[] {
  const shift = reader.u16(30)
  if (shift < 7 || shift > 16) return []
  const sectorBytes = 1 << shift
  const placeOf = (sector: number) => (sector + 1) * sectorBytes
  const perSector = sectorBytes / 4
  const nextOf = (sector: number): number => {
    const table = Math.floor(sector / perSector)
    // The first 109 sectors of the table are named in the header; a directory beyond them is not followed.
    if (table >= 109) return 0xffff_fffe
    return reader.u32(placeOf(reader.u32(76 + table * 4)) + (sector % perSector) * 4)
  }
  const names: string[] = []
  let sector = reader.u32(48)
  for (let n = 0; n < maxSectors && sector < 0xffff_fffa && placeOf(sector) < reader.length; n++) {
    for (let at = placeOf(sector); at < placeOf(sector) + sectorBytes && names.length < maxStreams * 5; at += 128) {
      const length = Math.min(reader.u16(at + 64), 64)
      let name = ''
      for (let c = 0; c + 2 < length; c += 2) name += String.fromCharCode(reader.u16(at + c))
      if (name !== '') names.push(name)
    }
    sector = nextOf(sector)
  }
  return names
}

/** Whether the names of an archive's members are those of an Office document. */
export const isOfficeArchive = (names: readonly string[]): boolean =>
  names.includes('[Content_Types].xml') && names.some((name) => /^(?:word|xl|ppt|visio)\//.test(name))

/** @param relations texts of its `.rels` members */
export function ooxmlFactsOf(names: readonly string[], relations: readonly string[]): OfficeFacts {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name))
  const links = new Set<string>()
  for (const text of relations)
    for (const [tag] of text.matchAll(/<Relationship\b[^>]{0,4000}>/g))
      if (/TargetMode\s*=\s*"External"/.test(tag) && links.size < maxLinks) {
        const target = /Target\s*=\s*"([^"]{1,2000})"/.exec(tag)?.[1]
        if (target) links.add(target)
      }
  return {
    format: 'ooxml',
    application: has(/^word\//) ? 'word' : has(/^xl\//) ? 'excel' : has(/^ppt\//) ? 'powerpoint' : null,
    hasMacros: has(/(?:^|\/)vbaProject\.bin$/i),
    hasEmbeddedObjects: has(/\/embeddings\//i),
    isEncrypted: false,
    externalLinks: [...links],
    streams: names.slice(0, maxStreams),
  }
}

import { ByteReader } from './byte-reader.ts'
import { entropyOf } from './entropy.ts'

export interface ProgramSection {
  readonly name: string
  readonly offset: number
  readonly sizeBytes: number
  readonly entropy: number
}

export interface PeFacts {
  readonly machine: string
  readonly is64Bit: boolean
  readonly isLibrary: boolean
  readonly subsystem: string
  /** As the linker wrote it; null when it wrote none. */
  readonly builtMs: number | null
  readonly sections: readonly ProgramSection[]
  /** Bounded; `importCount` counts all that were read. */
  readonly imports: readonly { readonly library: string; readonly functions: readonly string[] }[]
  readonly importCount: number
  /** `library.function,…` in lower case, of which the MD5 is the import hash; null without imports. @source Mandiant, imphash */
  readonly importText: string | null
  /** It carries a signature; whether that is good is not said. */
  readonly isSigned: boolean
  /** Bytes behind the last section, the signature not counted. */
  readonly overlayBytes: number
}

const machines: Readonly<Record<number, string>> = {
  332: 'x86',
  34404: 'x86-64',
  448: 'ARM',
  452: 'ARM',
  43620: 'ARM64',
  512: 'Itanium',
  3772: 'EFI byte code',
}
const subsystems: Readonly<Record<number, string>> = {
  1: 'native',
  2: 'windows',
  3: 'console',
  9: 'Windows CE',
  10: 'EFI',
}

const maxSections = 96
const maxLibraries = 256
const maxFunctions = 5000
const shownFunctions = 200
const maxNameLength = 128

/** What a Windows program says of itself; undefined when its headers are no such. Bounded, and never throws. */
export function peFactsOf(bytes: Uint8Array): PeFacts | undefined {
  const reader = new ByteReader(bytes)
  const at = reader.u32(0x3c)
  if (!reader.startsWith('MZ') || !reader.startsWith('PE\0\0', at)) return undefined
  const optional = at + 24
  const is64Bit = reader.u16(optional) === 0x20b
  const directories = optional + (is64Bit ? 112 : 96)
  const headers = readSections(reader, optional + reader.u16(at + 20), Math.min(reader.u16(at + 6), maxSections))
  const built = reader.u32(at + 8)
  const imports = readImports(reader, headers, reader.u32(directories + 8), is64Bit)
  const signature = { offset: reader.u32(directories + 32), sizeBytes: reader.u32(directories + 36) }
  const isSigned = signature.offset > 0 && signature.sizeBytes > 8 && signature.offset < bytes.length
  const end = headers.reduce((most, { offset, sizeBytes }) => Math.max(most, offset + sizeBytes), 0)
  const behind = (isSigned && signature.offset >= end ? signature.offset : bytes.length) - end
  return {
    machine: machines[reader.u16(at + 4)] ?? `0x${reader.u16(at + 4).toString(16)}`,
    is64Bit,
    isLibrary: (reader.u16(at + 22) & 0x2000) !== 0,
    subsystem: subsystems[reader.u16(optional + 68)] ?? String(reader.u16(optional + 68)),
    builtMs: built === 0 || built === 0xffffffff ? null : built * 1000,
    sections: headers.map(({ name, offset, sizeBytes }) => ({
      name,
      offset,
      sizeBytes,
      entropy: entropyOf(bytes.subarray(offset, offset + sizeBytes)),
    })),
    ...imports,
    isSigned,
    overlayBytes: headers.length > 0 ? Math.max(0, behind) : 0,
  }
}

interface SectionHeader {
  readonly name: string
  readonly offset: number
  readonly sizeBytes: number
  readonly address: number
  readonly memoryBytes: number
}

function readSections(reader: ByteReader, table: number, count: number): SectionHeader[] {
  const sections: SectionHeader[] = []
  // Sections may lie over each other a hundred times; their entropy is not to cost more than the file does a few times.
  let budget = reader.length * 4
  for (let n = 0; n < count; n++) {
    const at = table + n * 40
    if (at + 40 > reader.length) break
    const offset = reader.u32(at + 20)
    const wanted = Math.max(0, Math.min(reader.u32(at + 16), reader.length - offset))
    const sizeBytes = Math.min(wanted, budget)
    budget -= sizeBytes
    sections.push({
      name: reader.text(at, 8),
      offset,
      sizeBytes,
      address: reader.u32(at + 12),
      memoryBytes: Math.max(reader.u32(at + 8), reader.u32(at + 16)),
    })
  }
  return sections
}

function offsetOf(sections: readonly SectionHeader[], address: number): number {
  const section = sections.find((one) => address >= one.address && address < one.address + one.memoryBytes)
  return section ? address - section.address + section.offset : -1
}

function readImports(
  reader: ByteReader,
  sections: readonly SectionHeader[],
  address: number,
  is64Bit: boolean,
): Pick<PeFacts, 'imports' | 'importCount' | 'importText'> {
  const imports: { library: string; functions: string[] }[] = []
  const hashed: string[] = []
  const start = address === 0 ? -1 : offsetOf(sections, address)
  for (let n = 0; start >= 0 && n < maxLibraries; n++) {
    const at = start + n * 20
    const nameAt = offsetOf(sections, reader.u32(at + 12))
    if (at + 20 > reader.length || reader.u32(at + 12) === 0 || nameAt < 0) break
    const library = reader.text(nameAt, maxNameLength)
    const thunks = offsetOf(sections, reader.u32(at) || reader.u32(at + 16))
    const functions = thunks < 0 ? [] : readThunks(reader, sections, thunks, is64Bit, maxFunctions - hashed.length)
    const bare = library.toLowerCase().replace(/\.(?:dll|ocx|sys)$/, '')
    for (const one of functions) hashed.push(`${bare}.${one.toLowerCase()}`)
    imports.push({ library, functions: functions.slice(0, shownFunctions) })
  }
  return { imports, importCount: hashed.length, importText: hashed.length > 0 ? hashed.join(',') : null }
}

function readThunks(
  reader: ByteReader,
  sections: readonly SectionHeader[],
  start: number,
  is64Bit: boolean,
  most: number,
): string[] {
  const size = is64Bit ? 8 : 4
  const functions: string[] = []
  for (let at = start; functions.length < most && at + size <= reader.length; at += size) {
    const low = reader.u32(at)
    const high = is64Bit ? reader.u32(at + 4) : low
    if (low === 0 && (high === 0 || !is64Bit)) break
    if (high >= 0x8000_0000) functions.push(`ord${low & 0xffff}`)
    else {
      const nameAt = offsetOf(sections, low)
      if (nameAt < 0) break
      functions.push(reader.text(nameAt + 2, maxNameLength))
    }
  }
  return functions
}

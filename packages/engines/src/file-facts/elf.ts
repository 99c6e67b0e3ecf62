import { ByteReader } from './byte-reader.ts'
import { entropyOf } from './entropy.ts'
import type { ProgramSection } from './pe.ts'

export interface ElfFacts {
  readonly machine: string
  readonly is64Bit: boolean
  readonly kind: string
  readonly sections: readonly ProgramSection[]
  readonly libraries: readonly string[]
  readonly interpreter: string | null
  readonly isStripped: boolean
}

const machines: Readonly<Record<number, string>> = {
  3: 'x86',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC 64',
  22: 'S390',
  40: 'ARM',
  62: 'x86-64',
  183: 'ARM64',
  243: 'RISC-V',
}
const kinds: Readonly<Record<number, string>> = { 1: 'object', 2: 'program', 3: 'library or program', 4: 'core dump' }

const maxSections = 200
const maxLibraries = 100
const maxDynamic = 2000

interface Header extends ProgramSection {
  readonly type: number
  readonly link: number
}

/** What an ELF program says of itself; undefined when its headers are no such. Bounded, and never throws. */
export function elfFactsOf(bytes: Uint8Array): ElfFacts | undefined {
  const reader = new ByteReader(bytes, bytes[5] !== 2)
  if (!reader.startsWith('\x7fELF')) return undefined
  const is64Bit = bytes[4] === 2
  const sections = readSections(reader, is64Bit)
  const interpreter = sections.find(({ name }) => name === '.interp')
  return {
    machine: machines[reader.u16(18)] ?? String(reader.u16(18)),
    is64Bit,
    kind: kinds[reader.u16(16)] ?? String(reader.u16(16)),
    sections: sections.filter(({ name }) => name !== '').map(({ type: _type, link: _link, ...section }) => section),
    libraries: librariesOf(reader, sections, is64Bit),
    interpreter: interpreter ? reader.text(interpreter.offset, 200) : null,
    isStripped: !sections.some(({ type }) => type === 2),
  }
}

function readSections(reader: ByteReader, is64Bit: boolean): Header[] {
  const wide = (at: number) => (is64Bit ? reader.u64(at) : reader.u32(at))
  const table = wide(is64Bit ? 40 : 32)
  const size = reader.u16(is64Bit ? 58 : 46)
  const count = Math.min(reader.u16(is64Bit ? 60 : 48), maxSections)
  if (size < (is64Bit ? 64 : 40)) return []
  const names = wide(table + reader.u16(is64Bit ? 62 : 50) * size + (is64Bit ? 24 : 16))
  const sections: Header[] = []
  let budget = reader.length * 4
  for (let n = 0; n < count; n++) {
    const at = table + n * size
    if (at + size > reader.length) break
    const type = reader.u32(at + 4)
    const offset = wide(at + (is64Bit ? 24 : 16))
    const length = wide(at + (is64Bit ? 32 : 20))
    // Sections of type 8 take no room in the file.
    const sizeBytes = type === 8 ? 0 : Math.max(0, Math.min(length, reader.length - offset, budget))
    budget -= sizeBytes
    sections.push({
      name: reader.text(names + reader.u32(at), 60),
      offset,
      sizeBytes,
      entropy: entropyOf(reader.bytes.subarray(offset, offset + sizeBytes)),
      type,
      link: reader.u32(at + (is64Bit ? 40 : 24)),
    })
  }
  return sections
}

function librariesOf(reader: ByteReader, sections: readonly Header[], is64Bit: boolean): string[] {
  const dynamic = sections.find(({ type }) => type === 6)
  const names = dynamic && sections[dynamic.link]
  if (!dynamic || !names) return []
  const size = is64Bit ? 16 : 8
  const libraries: string[] = []
  for (let n = 0; n < Math.min(dynamic.sizeBytes / size, maxDynamic) && libraries.length < maxLibraries; n++) {
    const at = dynamic.offset + n * size
    // 1 is DT_NEEDED.
    if (reader.u32(at) === 1) libraries.push(reader.text(names.offset + reader.u32(at + size / 2), 200))
  }
  return libraries
}

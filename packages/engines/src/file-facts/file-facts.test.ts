import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countStrings,
  elfFactsOf,
  entropyOf,
  fileTypeOf,
  oleFactsOf,
  ooxmlFactsOf,
  pdfFactsOf,
  peFactsOf,
} from './index.ts'

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** A 64-bit program with one section that holds an import table. */
function smallPe(): Uint8Array {
  const bytes = new Uint8Array(0x400)
  const view = new DataView(bytes.buffer)
  const put = (at: number, text: string) => bytes.set(ascii(text), at)
  put(0, 'MZ')
  view.setUint32(0x3c, 0x80, true)
  put(0x80, 'PE\0\0')
  view.setUint16(0x84, 0x8664, true)
  view.setUint16(0x86, 1, true)
  view.setUint32(0x88, 1_700_000_000, true)
  view.setUint16(0x94, 240, true)
  view.setUint16(0x98, 0x20b, true)
  view.setUint16(0x98 + 68, 3, true)
  view.setUint32(0x98 + 112 + 8, 0x1000, true)
  const section = 0x98 + 240
  put(section, '.rdata')
  view.setUint32(section + 8, 0x200, true)
  view.setUint32(section + 12, 0x1000, true)
  view.setUint32(section + 16, 0x200, true)
  view.setUint32(section + 20, 0x200, true)
  view.setUint32(0x200, 0x1040, true)
  view.setUint32(0x200 + 12, 0x1080, true)
  view.setUint32(0x240, 0x10a0, true)
  view.setUint32(0x248, 5, true)
  view.setUint32(0x24c, 0x8000_0000, true)
  put(0x280, 'KERNEL32.dll')
  put(0x2a2, 'CreateFileW')
  return bytes
}

describe('facts of files', () => {
  it.each([
    ['MZ', 'dos'],
    ['%PDF-1.7', 'pdf'],
    ['PK\x03\x04', 'zip'],
    ['\x7fELF', 'elf'],
    ['hello', 'text'],
    ['a\0b', 'data'],
    ['', 'empty'],
    ['<!doctype html><html>', 'html'],
  ])('knows %j as %s', (text, name) => {
    expect(fileTypeOf(ascii(text)).name).toBe(name)
  })

  it('measures entropy and counts strings', () => {
    expect(entropyOf(new Uint8Array(100))).toBe(0)
    expect(entropyOf(Uint8Array.from({ length: 256 }, (_, n) => n))).toBe(8)
    expect(countStrings(ascii('printable\0short\0another one'))).toBe(2)
  })

  it('reads the headers, sections and imports of a Windows program', () => {
    expect(fileTypeOf(smallPe()).name).toBe('pe')
    expect(peFactsOf(smallPe())).toMatchObject({
      machine: 'x86-64',
      subsystem: 'console',
      builtMs: 1_700_000_000_000,
      sections: [{ name: '.rdata', offset: 0x200, sizeBytes: 0x200 }],
      imports: [{ library: 'KERNEL32.dll', functions: ['CreateFileW', 'ord5'] }],
      importText: 'kernel32.createfilew,kernel32.ord5',
      isSigned: false,
      overlayBytes: 0,
    })
  })

  it('finds what a PDF document may do, also under written-out names', () => {
    const text = '%PDF-1.5 /Type /Page /Type/Pages /J#61vaScript /OpenAction /URI (http://example.org/x)'
    expect(pdfFactsOf(ascii(text))).toMatchObject({
      version: '1.5',
      pages: 1,
      hasJavaScript: true,
      hasOpenAction: true,
      hasLaunch: false,
      uris: ['http://example.org/x'],
    })
  })

  it('finds macros and links of an Office document', () => {
    const relation = '<Relationship Id="1" Target="http://example.org/t.dotm" TargetMode="External"/>'
    expect(ooxmlFactsOf(['[Content_Types].xml', 'word/vbaProject.bin'], [relation])).toMatchObject({
      application: 'word',
      hasMacros: true,
      externalLinks: ['http://example.org/t.dotm'],
    })
  })

  it('takes any bytes, and stays quick', () => {
    const any = fc.uint8Array({ maxLength: 2000 })
    const heads = ['MZ', '\x7fELF\x02\x01', '%PDF-', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', '']
    fc.assert(
      fc.property(any, fc.constantFrom(...heads), (tail, head) => {
        const bytes = Uint8Array.from([...ascii(head), ...tail])
        for (const read of [fileTypeOf, peFactsOf, elfFactsOf, pdfFactsOf, oleFactsOf, entropyOf, countStrings])
          read(bytes)
      }),
      { numRuns: 1500 },
    )
    // Whole headers with single bytes changed reach further into the readers.
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(0x3ff), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const bytes = smallPe()
        for (const [at, value] of changes) bytes[at] = value
        peFactsOf(bytes)
      }),
      { numRuns: 2000 },
    )
    const startedMs = performance.now()
    const zeros = new Uint8Array(20_000_000)
    zeros.set(smallPe())
    // As many sections as there can be, each over the whole file.
    zeros.fill(0xff, 0x86, 0x88)
    peFactsOf(zeros)
    pdfFactsOf(ascii('/'.repeat(5_000_000)))
    pdfFactsOf(ascii('<</URI('.repeat(700_000)))
    expect(performance.now() - startedMs).toBeLessThan(5000)
  })
})

import { ByteReader, indexOfText } from './byte-reader.ts'

/** What a file is by its content. */
export interface FileType {
  /** Stable and short: `pe`, `pdf`, `zip`. */
  readonly name: string
  readonly title: string
}

const signatures: readonly (readonly [at: number, signature: string, name: string, title: string])[] = [
  [0, '\x7fELF', 'elf', 'ELF program'],
  [0, '%PDF-', 'pdf', 'PDF document'],
  [0, 'PK\x03\x04', 'zip', 'ZIP archive'],
  [0, 'PK\x05\x06', 'zip', 'ZIP archive, empty'],
  [0, '\x1f\x8b', 'gzip', 'gzip-packed file'],
  [257, 'ustar', 'tar', 'tar archive'],
  [0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'ole', 'OLE compound file'],
  [0, '7z\xbc\xaf\x27\x1c', '7z', '7-Zip archive'],
  [0, 'Rar!\x1a\x07', 'rar', 'RAR archive'],
  [0, '\xfd7zXZ\x00', 'xz', 'xz-packed file'],
  [0, 'BZh', 'bzip2', 'bzip2-packed file'],
  [0, '\x28\xb5\x2f\xfd', 'zstd', 'zstd-packed file'],
  [0, 'MSCF', 'cab', 'cabinet archive'],
  [32769, 'CD001', 'iso', 'ISO disk image'],
  [0, '\xfe\xed\xfa\xce', 'macho', 'Mach-O program'],
  [0, '\xfe\xed\xfa\xcf', 'macho', 'Mach-O program'],
  [0, '\xce\xfa\xed\xfe', 'macho', 'Mach-O program'],
  [0, '\xcf\xfa\xed\xfe', 'macho', 'Mach-O program'],
  [0, 'dex\n', 'dex', 'Android program'],
  [0, '{\\rtf', 'rtf', 'RTF document'],
  [0, 'L\x00\x00\x00\x01\x14\x02\x00', 'lnk', 'Windows shortcut'],
  [0, 'ElfFile\x00', 'evtx', 'Windows event log'],
  [0, 'regf', 'registry', 'Windows registry hive'],
  [0, 'ITSF', 'chm', 'compiled HTML help'],
  [0, 'SQLite format 3\x00', 'sqlite', 'SQLite database'],
  [0, '\x89PNG\r\n', 'png', 'PNG picture'],
  [0, '\xff\xd8\xff', 'jpeg', 'JPEG picture'],
  [0, 'GIF8', 'gif', 'GIF picture'],
  [0, '\xd4\xc3\xb2\xa1', 'pcap', 'packet capture'],
  [0, '\xa1\xb2\xc3\xd4', 'pcap', 'packet capture'],
  [0, '\x0a\x0d\x0d\x0a', 'pcapng', 'packet capture'],
  [0, '#!', 'script', 'script'],
  [0, '<?xml', 'xml', 'XML document'],
  [0, '<?php', 'php', 'PHP script'],
]

const sampledBytes = 4096

/** Tells what a file is by its bytes; names and endings say nothing. */
export function fileTypeOf(bytes: Uint8Array): FileType {
  if (bytes.length === 0) return { name: 'empty', title: 'empty file' }
  const reader = new ByteReader(bytes)
  if (reader.startsWith('MZ')) return programOfWindows(reader)
  if (reader.startsWith('\xca\xfe\xba\xbe'))
    // Java's class files and programs for several processors begin alike: the latter count few of them.
    return new ByteReader(bytes, false).u32(4) < 20
      ? { name: 'macho', title: 'Mach-O program' }
      : { name: 'java', title: 'Java class' }
  const found = signatures.find(([at, signature]) => reader.startsWith(signature, at))
  if (found) return { name: found[2], title: found[3] }
  return textOrData(bytes)
}

function programOfWindows(reader: ByteReader): FileType {
  const at = reader.u32(0x3c)
  return reader.startsWith('PE\0\0', at)
    ? { name: 'pe', title: 'Windows program' }
    : { name: 'dos', title: 'DOS program' }
}

function textOrData(bytes: Uint8Array): FileType {
  const head = bytes.subarray(0, sampledBytes)
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  if (isWide) return { name: 'text', title: 'text, UTF-16' }
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27) || byte === 127))
    return { name: 'data', title: 'binary data' }
  if (indexOfText(head, '<html', 0, head.length) >= 0 || indexOfText(head, '<HTML', 0, head.length) >= 0)
    return { name: 'html', title: 'HTML document' }
  return { name: 'text', title: 'text' }
}

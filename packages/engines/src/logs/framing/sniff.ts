import { delimiterOf, splitCsvRow } from './csv.ts'

export type Framing =
  | 'ndjson'
  | 'json'
  | 'csv'
  | 'zeek-tsv'
  | 'w3c'
  | 'syslog'
  | 'text'
  | 'evtx'
  | 'gzip'
  | 'zip'
  | 'binary'

const startsWith = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte)

/** What a stream is, by its first bytes (4-64 KB are enough); the name only decides between what the bytes leave open. */
export function sniff(firstBytes: Uint8Array, fileName = ''): Framing {
  if (startsWith(firstBytes, 0x45, 0x6c, 0x66, 0x46, 0x69, 0x6c, 0x65, 0)) return 'evtx'
  if (startsWith(firstBytes, 0x1f, 0x8b)) return 'gzip'
  if (startsWith(firstBytes, 0x50, 0x4b, 3, 4) || startsWith(firstBytes, 0x50, 0x4b, 5, 6)) return 'zip'
  const text = decodeHead(firstBytes)
  if (text === undefined) return 'binary'
  const head = text.trimStart()
  if (/^#separator\s/.test(head) || /^#fields\t/m.test(head.slice(0, 2_000))) return 'zeek-tsv'
  if (/^#(?:Software|Version|Date|Fields):/i.test(head)) return 'w3c'
  if (head.startsWith('{')) return isJsonLines(head) ? 'ndjson' : 'json'
  if (/^\[\s*(?:\{|\]\s*$)/.test(head)) return 'json'
  if (/^[1-9]\d{0,9} <\d{1,3}>/.test(head)) return 'syslog'
  return isCsv(head, fileName) ? 'csv' : 'text'
}

/** The text of the first bytes, or `undefined` when they are none. */
function decodeHead(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, 0xff, 0xfe)) return new TextDecoder('utf-16le').decode(bytes)
  if (startsWith(bytes, 0xfe, 0xff)) return new TextDecoder('utf-16be').decode(bytes)
  const head = bytes.subarray(0, 65_536)
  let controls = 0
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 27)) controls++
  if (controls > head.length / 50 && controls > 1) return undefined
  return new TextDecoder().decode(head)
}

/** A whole object on the first line, and no list of records in it. */
function isJsonLines(head: string): boolean {
  if (/^\{\s*"(?:Records|records|value|Events|events|logEvents)"\s*:\s*\[/.test(head)) return false
  const end = head.search(/\r?\n/)
  const first = end < 0 ? head : head.slice(0, end)
  // A first line longer than what we were given is one object: pretty-printed ones start with a short line.
  return end < 0
    ? first.length > 2
    : first.trimEnd().endsWith('}') && (first.match(/[{[]/g)?.length ?? 0) <= (first.match(/[}\]]/g)?.length ?? 0) + 64
}

const COLUMN_NAME = /^[\p{L}_@#*][\p{L}\p{N} _.@:/()#*-]{0,80}$/u

function isCsv(head: string, fileName: string): boolean {
  const isNamed = /\.(?:csv|tsv)(?:\.gz)?$/i.test(fileName)
  const [first = '', second] = head.split(/\r?\n/, 2)
  const delimiter = delimiterOf(first)
  const names = splitCsvRow(first, delimiter)
  if (names.length < 2) return false
  if (isNamed) return true
  const looksLikeHeader = names.every((name) => COLUMN_NAME.test(name.trim())) && new Set(names).size === names.length
  return (
    looksLikeHeader &&
    names.length >= 3 &&
    second !== undefined &&
    second !== '' &&
    Math.abs(splitCsvRow(second, delimiter).length - names.length) <= 1
  )
}

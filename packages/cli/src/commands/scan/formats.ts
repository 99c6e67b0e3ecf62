import { csvLine } from '@watchfloor/engines/csv'
import type { YaraMatch } from '@watchfloor/server/processes/yara'
import type { Writer } from '../../output/terminal.ts'
import { printable } from '../../output/text.ts'

export const scanFormats = ['table', 'jsonl', 'csv'] as const
export type ScanFormat = (typeof scanFormats)[number]

export interface FileMatch {
  readonly file: string
  readonly sizeBytes: number
  readonly match: YaraMatch
}

export interface MatchFormat {
  readonly head: string
  text(match: FileMatch): string
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** What of the bytes can be printed; a dot for the rest. */
const asciiOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')

const jsonl: MatchFormat = {
  head: '',
  text: ({ file, sizeBytes, match: { strings, meta, ...match } }) =>
    `${JSON.stringify({
      file,
      sizeBytes,
      ...match,
      meta: meta.map(([name, value]) => ({ name, value })),
      strings: strings.map(({ bytes, ...one }) => ({ ...one, hex: hexOf(bytes), text: asciiOf(bytes) })),
    })}\n`,
}

const csv: MatchFormat = {
  head: csvLine(['file', 'rule', 'namespace', 'tags', 'string', 'offset', 'length', 'hex']),
  text({ file, match: { rule, namespace, tags, strings } }) {
    const line = (...more: (string | number)[]) => csvLine([file, rule, namespace, tags.join(' '), ...more])
    if (strings.length === 0) return line('', '', '', '')
    return strings.map(({ id, offset, length, bytes }) => line(id, offset, length, hexOf(bytes))).join('')
  },
}

const shownStrings = 8
const shownBytes = 32

/** A rule and its file on a line, its strings with their offsets under it. */
const table = (out: Pick<Writer, 'paint'>): MatchFormat => ({
  head: '',
  text({ file, match: { rule, tags, strings, stringsFound } }) {
    const titled = `${out.paint('bold', printable(rule))}${tags.length > 0 ? out.paint('dim', ` [${printable(tags.join(' '))}]`) : ''}`
    const lines = strings.slice(0, shownStrings).map(({ id, offset, length, bytes }) => {
      const more = length > shownBytes ? '…' : ''
      return `  0x${offset.toString(16).padStart(8, '0')}  ${printable(id)}  ${asciiOf(bytes.subarray(0, shownBytes))}${more}\n`
    })
    const left = stringsFound - lines.length
    if (left > 0) lines.push(`  ${out.paint('dim', `and ${left.toLocaleString('en-US')} more`)}\n`)
    return `${titled}  ${printable(file)}\n${lines.join('')}`
  },
})

export const formatOf = (name: ScanFormat, out: Pick<Writer, 'paint'>): MatchFormat =>
  name === 'jsonl' ? jsonl : name === 'csv' ? csv : table(out)

import type { Json, JsonObject } from '../../event/index.ts'
import { decodeUtf8, type FrameSink } from './frame.ts'
import { LineFramer } from './lines.ts'

/** What the `#` lines of Zeek's TSV or of a W3C extended log have said so far. */
interface Header {
  separator: string
  setSeparator: string
  emptyField: string
  unsetField: string
  path: string | undefined
  fields: readonly string[] | undefined
  types: readonly string[]
  isW3c: boolean
}

/** Zeek writes the separator itself, line ends and non-ASCII bytes as `\x09`. White space is put back; other bytes are left
 *  as Zeek's own JSON shows them. */
const unescapeHex = (text: string): string =>
  text.includes('\\x')
    ? text.replace(/\\x(09|0[aAdD]|[2-7][0-9a-fA-F])/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text

/** Rows under `#fields` (Zeek) or `#Fields:` (W3C: IIS, proxies), typed as the header says. */
export function headedRowsFramer(maxBytes: number): LineFramer {
  const header: Header = {
    separator: '\t',
    setSeparator: ',',
    emptyField: '(empty)',
    unsetField: '-',
    path: undefined,
    fields: undefined,
    types: [],
    isW3c: false,
  }
  return new LineFramer(maxBytes, (bytes, offset, line, sink) => {
    const { text, warnings } = decodeUtf8(bytes)
    if (text.startsWith('#')) readHeader(header, text)
    else if (header.fields === undefined) {
      sink.problem({
        code: 'FRAME_NO_HEADER',
        message: 'a row before any #fields line was skipped',
        offset,
        line,
        sizeBytes: bytes.length,
      })
    } else readRow(header, header.fields, { text, offset, line, warnings }, sink)
  })
}

function readHeader(header: Header, text: string): void {
  const w3c = /^#Fields:\s*(.*)$/.exec(text)
  if (w3c !== null) {
    header.fields = w3c[1]!.trim().split(/\s+/)
    header.isW3c = true
    return
  }
  const separator = /^#separator\s+(\S+)/.exec(text)
  if (separator !== null) {
    header.separator = unescapeHex(separator[1]!)
    return
  }
  const [name, ...values] = text.split(header.separator)
  const first = values[0] ?? ''
  if (name === '#set_separator') header.setSeparator = unescapeHex(first)
  else if (name === '#empty_field') header.emptyField = first
  else if (name === '#unset_field') header.unsetField = first
  else if (name === '#path') header.path = first
  else if (name === '#fields') header.fields = values
  else if (name === '#types') header.types = values
}

interface Row {
  readonly text: string
  readonly offset: number
  readonly line: number
  readonly warnings: readonly string[]
}

function readRow(header: Header, names: readonly string[], row: Row, sink: FrameSink): void {
  const cells = header.isW3c ? row.text.split(/ +/) : row.text.split(header.separator)
  const fields: JsonObject = Object.create(null)
  if (header.path !== undefined) fields._path = header.path
  for (let i = 0; i < cells.length && i < names.length; i++) {
    const cell = cells[i]!
    if (cell === header.unsetField) continue
    fields[names[i]!] = header.isW3c ? cell.replaceAll('+', ' ') : typed(header, header.types[i] ?? 'string', cell)
  }
  const warnings =
    cells.length === names.length
      ? row.warnings
      : [...row.warnings, `${cells.length} columns under a header of ${names.length}`]
  sink.record({ raw: row.text, fields, offset: row.offset, line: row.line, warnings })
}

const NUMERIC_TYPES: ReadonlySet<string> = new Set(['count', 'int', 'port', 'double', 'interval', 'time'])

function typed(header: Header, type: string, cell: string): Json {
  const list = /^(?:set|vector|table)\[(\w+)\]$/.exec(type)
  if (list !== null)
    return cell === header.emptyField
      ? []
      : cell.split(header.setSeparator).map((item) => typed(header, list[1]!, item))
  if (cell === header.emptyField) return ''
  if (NUMERIC_TYPES.has(type)) {
    const n = Number(cell)
    return Number.isFinite(n) && cell !== '' ? n : cell
  }
  if (type === 'bool') return cell === 'T' ? true : cell === 'F' ? false : cell
  return unescapeHex(cell)
}

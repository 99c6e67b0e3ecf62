import type { Document } from 'yaml'
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml'
import type { Json } from '../../event/index.ts'
import { type DiagnosticSink, type Position, quoted } from '../diagnostics.ts'
import type { SigmaDocument } from '../rule.ts'
import { nestingBound } from './nesting.ts'

const MAX_DEPTH = 32
/** The bound counts brackets in texts too; no real rule holds so many that are not closed. */
const MAX_NESTING_BOUND = 300
const MAX_ALIASES = 100
/** A custom attribute may use aliases; more than this many values out of them is a bomb. */
const MAX_ALIAS_EXPANSIONS = 100

/** One YAML document that is sound enough to be read: bounded, without duplicate keys. */
export class YamlDocument {
  readonly place: SigmaDocument
  readonly root: Node
  readonly #doc: Document.Parsed<ParsedNode>
  readonly #lines: LineCounter

  constructor(place: SigmaDocument, doc: Document.Parsed<ParsedNode>, lines: LineCounter) {
    this.place = place
    this.root = doc.contents as Node
    this.#doc = doc
    this.#lines = lines
  }

  at(node: unknown): Position {
    const offset = (node as Node | null)?.range?.[0]
    return offset === undefined ? { line: this.place.line, column: 1 } : positionAt(this.#lines, offset)
  }

  /** Position within the text of a scalar; exact for scalars on one line. */
  within(node: unknown, offset: number): Position {
    const start = this.at(node)
    const mark = isScalar(node) && (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE') ? 1 : 0
    const block = isScalar(node) && (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL')
    return block ? start : { line: start.line, column: start.column + mark + offset }
  }

  /** The node itself, or what an alias stands for. */
  resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#doc) : node
  }

  toJson(node: unknown): Json {
    if (node === null || node === undefined) return null
    return toPlain((node as Node).toJS(this.#doc, { maxAliasCount: MAX_ALIAS_EXPANSIONS }))
  }

  /** Keys with their values, in the order of the text. */
  entries(map: YAMLMap): { key: string; keyNode: unknown; value: unknown }[] {
    return map.items.map((pair) => ({ key: keyText(pair.key), keyNode: pair.key, value: this.resolve(pair.value) }))
  }
}

const keyText = (key: unknown): string => (isScalar(key) ? String(key.source ?? key.value ?? '') : '')

/** What came out of YAML as JSON: maps with odd keys and numbers that JSON does not know become text. */
function toPlain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(toPlain)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object') return String(value)
  const entries = value instanceof Map ? [...value].map(([k, v]) => [String(k), v] as const) : Object.entries(value)
  const plain: Record<string, Json> = Object.create(null) as Record<string, Json>
  for (const [key, item] of entries) plain[key] = toPlain(item)
  return plain
}

/** All documents of a file that can be read; what cannot is reported. Never throws. */
export function readDocuments(text: string, sink: DiagnosticSink): YamlDocument[] {
  if (nestingBound(text) > MAX_NESTING_BOUND) {
    sink.error('SIGMA_YAML_TOO_DEEP', { line: 1, column: 1 }, 'the YAML is nested too deeply to be read', deepRemedy)
    return []
  }
  const lines = new LineCounter()
  let parsed: readonly Document.Parsed<ParsedNode>[]
  try {
    // The library looks for duplicate keys by comparing each with each; `isSound` does it in one pass.
    const options = { lineCounter: lines, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const
    parsed = parseAllDocuments(text, options) as Document.Parsed<ParsedNode>[]
  } catch {
    sink.error('SIGMA_YAML_TOO_DEEP', { line: 1, column: 1 }, 'the YAML is nested too deeply to be read', deepRemedy)
    return []
  }
  const documents: YamlDocument[] = []
  let start = 0
  for (const doc of parsed) {
    const end = doc.range[2]
    const contentAt = doc.contents?.range?.[0] ?? start
    const line = positionAt(lines, contentAt).line
    const place = { file: sink.file, line, text: text.slice(startOfDocument(text, start), end) }
    start = end
    for (const error of doc.errors)
      sink.error('SIGMA_YAML_SYNTAX', positionAt(lines, error.pos[0]), firstLine(error.message), yamlRemedy(error.code))
    if (doc.errors.length > 0 || doc.contents === null) continue
    if (isScalar(doc.contents) && doc.contents.value === null) continue
    const document = new YamlDocument(place, doc, lines)
    if (isSound(document, sink)) documents.push(document)
  }
  return documents
}

const deepRemedy = `nest at most ${MAX_DEPTH} levels`
const firstLine = (message: string): string => message.split('\n', 1)[0]!
const yamlRemedy = (code: string): string | undefined =>
  code === 'TAB_AS_INDENT' ? 'indent with spaces' : code === 'BAD_INDENT' ? 'align the lines of one block' : undefined

/** The `---` before a document is no part of it. */
function startOfDocument(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at]!)) at++
  if (!text.startsWith('---', at)) return from
  const lineEnd = text.indexOf('\n', at)
  return /^---\s*$/.test(text.slice(at, lineEnd < 0 ? text.length : lineEnd))
    ? Math.min(text.length, lineEnd < 0 ? text.length : lineEnd + 1)
    : at + 3
}

const positionAt = (lines: LineCounter, offset: number): Position => {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** Walks the tree once with a stack of its own: depth, aliases and duplicate keys. */
function isSound(document: YamlDocument, sink: DiagnosticSink): boolean {
  const stack: { node: unknown; depth: number }[] = [{ node: document.root, depth: 0 }]
  let aliases = 0
  let sound = true
  while (stack.length > 0) {
    const { node, depth } = stack.pop()!
    if (isAlias(node) && ++aliases > MAX_ALIASES) {
      const remedy = 'write the values out'
      sink.error('SIGMA_YAML_ALIASES', document.at(node), `more than ${MAX_ALIASES} YAML aliases in one rule`, remedy)
      return false
    }
    if (depth > MAX_DEPTH) {
      const message = `the YAML is nested deeper than ${MAX_DEPTH} levels`
      sink.error('SIGMA_YAML_TOO_DEEP', document.at(node), message, deepRemedy)
      return false
    }
    if (isSeq(node)) for (const item of node.items) stack.push({ node: item, depth: depth + 1 })
    if (!isMap(node)) continue
    const keys = new Set<string>()
    for (const pair of node.items) {
      const key = keyText(pair.key)
      if (keys.has(key)) {
        sound = false
        const message = `the key ${quoted(key)} stands twice in one map`
        sink.error(
          'SIGMA_YAML_DUPLICATE_KEY',
          document.at(pair.key),
          message,
          'YAML would drop one of them; use a list of maps, or another selection',
        )
      }
      keys.add(key)
      if (isPair(pair)) stack.push({ node: pair.value, depth: depth + 1 })
    }
  }
  return sound
}

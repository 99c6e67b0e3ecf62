import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type YAMLMap } from 'yaml'
import { type Condition, namesIn, parseCondition } from './condition.ts'
import { type Diagnostic, Diagnostics, didYouMean, type Position } from './diagnostics.ts'
import { detectionReader } from './parse-detection.ts'
import { readHead, scalarText } from './parse-head.ts'
import type { Selection, SigmaOther, SigmaRule } from './rule.ts'

export interface ParseOptions {
  /** Characters; a larger file is refused unread. */
  readonly maxCharacters?: number
  /** Collections within collections. */
  readonly maxDepth?: number
}

export interface ParsedFile {
  /** Rules without errors. */
  readonly rules: readonly SigmaRule[]
  readonly others: readonly SigmaOther[]
  /** Documents that have errors, with what could be read of them. */
  readonly refused: readonly {
    readonly title: string
    readonly id: string | null
    readonly text: string
    readonly line: number
  }[]
  /** Everything there is to say, not the first thing alone. */
  readonly diagnostics: readonly Diagnostic[]
}

const defaults = { maxCharacters: 1_000_000, maxDepth: 40 }

/** Reads a file of Sigma documents. Never throws. @source Sigma specification 2.1 */
export function parseRules(text: string, file: string, options: ParseOptions = {}): ParsedFile {
  const limits = { ...defaults, ...options }
  const diagnostics = new Diagnostics(file)
  const start = { line: 1, column: 1 }
  if (text.length > limits.maxCharacters) {
    diagnostics.error(
      'SIGMA_TOO_LARGE',
      start,
      `the file has ${text.length} characters, more than ${limits.maxCharacters}`,
      'Split it.',
    )
    return { rules: [], others: [], refused: [], diagnostics: diagnostics.list }
  }
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    schema: 'core',
    logLevel: 'silent',
  })
  if ('empty' in documents || documents.length === 0) {
    diagnostics.error('SIGMA_EMPTY', start, 'the file holds no rule')
    return { rules: [], others: [], refused: [], diagnostics: diagnostics.list }
  }

  const rules: SigmaRule[] = []
  const others: SigmaOther[] = []
  const refused: ParsedFile['refused'][number][] = []
  documents.forEach((document, number) => {
    const from = number === 0 ? 0 : (documents[number - 1]!.range?.[2] ?? 0)
    const whole = text.slice(from, document.range?.[2] ?? text.length)
    const body = whole.replace(/^(?:---[^\n]*\n)+/, '').replace(/(?:\n---|\n\.\.\.)\s*$/, '\n')
    const line = lines.linePos(from).line
    const before = diagnostics.errors
    const place = (offset: number | undefined): Position => {
      const { line: at, col } = lines.linePos(offset ?? from)
      return { line: Math.max(1, at), column: Math.max(1, col) }
    }
    for (const error of document.errors)
      diagnostics.error(
        'SIGMA_YAML',
        place(error.pos[0]),
        firstLine(error.message),
        'Mend the YAML; see the line and column.',
      )
    if (document.errors.length === 0 && document.contents === null && whole.trim() === '') return
    const root = document.contents as Node | null
    const where = (node: unknown): Position => place((node as Node | null)?.range?.[0])
    const read =
      document.errors.length === 0
        ? readDocument(root, { where, place, diagnostics, text: body, line, limits })
        : undefined
    if (diagnostics.errors > before || !read) refused.push({ ...titleOf(root), text: body, line })
    else if (read.kind === 'rule') rules.push(read)
    else others.push(read)
  })
  return { rules, others, refused, diagnostics: diagnostics.list }
}

export interface DocumentContext {
  readonly where: (node: unknown) => Position
  readonly place: (offset: number | undefined) => Position
  readonly diagnostics: Diagnostics
  readonly text: string
  readonly line: number
  readonly limits: { readonly maxDepth: number }
}

function readDocument(root: Node | null, context: DocumentContext): SigmaRule | SigmaOther | undefined {
  const { diagnostics, where } = context
  if (!isMap(root)) {
    diagnostics.error(
      'SIGMA_NOT_A_MAP',
      where(root),
      'a rule is a map of attributes such as title, logsource and detection',
    )
    return undefined
  }
  if (depthOf(root, context.limits.maxDepth) > context.limits.maxDepth) {
    diagnostics.error('SIGMA_TOO_DEEP', where(root), `the rule nests deeper than ${context.limits.maxDepth} levels`)
    return undefined
  }
  const head = readHead(root, context)
  if (root.has('correlation') || root.has('filter')) return readOther(root, head, context)
  const logSource = readLogSource(root, context)
  const detection = root.get('detection', true)
  if (!isMap(detection)) {
    diagnostics.error(
      'SIGMA_DETECTION_MISSING',
      where(detection ?? root),
      'the rule has no detection section',
      'Add `detection:` with selections and a condition.',
    )
    return undefined
  }
  const selections = detectionReader(context).read(detection)
  const { conditions, texts } = readConditions(detection, selections, context)
  return { kind: 'rule', ...head, logSource, selections, conditions, conditionTexts: texts }
}

function readOther(
  root: YAMLMap,
  head: ReturnType<typeof readHead>,
  { diagnostics, where }: DocumentContext,
): SigmaOther | undefined {
  const kind = root.has('correlation') ? 'correlation' : 'filter'
  const node = root.get(kind, true)
  if (!isMap(node)) {
    diagnostics.error('SIGMA_BAD_OTHER', where(node ?? root), `\`${kind}\` must be a map`)
    return undefined
  }
  const wanted = kind === 'correlation' ? ['type', 'rules'] : ['rules', 'condition']
  for (const key of wanted)
    if (!node.has(key)) diagnostics.error('SIGMA_BAD_OTHER', where(node), `the ${kind} has no \`${key}\``)
  return { ...head, kind, body: node.toJSON() as Record<string, unknown> }
}

function readLogSource(root: YAMLMap, { diagnostics, where }: DocumentContext): SigmaRule['logSource'] {
  const node = root.get('logsource', true)
  if (!isMap(node)) {
    diagnostics.error(
      'SIGMA_LOGSOURCE_MISSING',
      where(node ?? root),
      'the rule has no log source',
      'Add `logsource:` with category, product or service.',
    )
    return {}
  }
  const source: Record<string, string> = {}
  for (const pair of node.items) {
    const key = scalarText(pair.key)
    const value = scalarText(pair.value)
    if (key === undefined) continue
    if (['category', 'product', 'service', 'definition'].includes(key)) {
      if (value === undefined)
        diagnostics.error('SIGMA_BAD_LOGSOURCE', where(pair.value ?? pair.key), `\`${key}\` must be text`)
      else source[key] = key === 'definition' ? value : value.toLowerCase()
    }
  }
  if (!source.category && !source.product && !source.service)
    diagnostics.error('SIGMA_LOGSOURCE_MISSING', where(node), 'the log source names no category, product or service')
  return source
}

function readConditions(
  detection: YAMLMap,
  selections: ReadonlyMap<string, Selection>,
  { diagnostics, where }: DocumentContext,
): { conditions: Condition[]; texts: string[] } {
  const node = detection.get('condition', true)
  const entries = isSeq(node) ? node.items : node === undefined || node === null ? [] : [node]
  const names = new Set(selections.keys())
  const conditions: Condition[] = []
  const texts: string[] = []
  if (entries.length === 0)
    diagnostics.error(
      'SIGMA_CONDITION_MISSING',
      where(node ?? detection),
      'the detection has no condition',
      'Add `condition:` naming the selections.',
    )
  for (const entry of entries) {
    const text = scalarText(entry)
    if (text === undefined) {
      diagnostics.error('SIGMA_CONDITION_SYNTAX', where(entry), 'a condition must be text')
      continue
    }
    const { condition, problems } = parseCondition(text, names)
    const at = where(entry)
    const plain = isScalar(entry) && entry.type === 'PLAIN'
    for (const problem of problems)
      diagnostics.error(
        problem.code,
        { line: at.line, column: at.column + (plain ? problem.offset : 0) },
        problem.message,
        problem.remedy,
      )
    if (condition) conditions.push(condition)
    texts.push(text)
  }
  const used = new Set(conditions.flatMap(namesIn))
  if (conditions.length === entries.length && entries.length > 0)
    for (const name of names)
      if (!used.has(name) && !name.startsWith('_'))
        diagnostics.warn(
          'SIGMA_UNUSED_SELECTION',
          where(detection.get(name, true)),
          `no condition uses the selection "${name}"`,
          didYouMean(name, used),
        )
  return { conditions, texts }
}

/** How deep collections nest, no further than one past the limit. Aliases do not nest: they are refused by size when resolved. */
function depthOf(node: unknown, limit: number): number {
  if (limit < 0) return 1
  if (isMap(node)) return 1 + node.items.reduce((most, pair) => Math.max(most, depthOf(pair.value, limit - 1)), 0)
  if (isSeq(node)) return 1 + node.items.reduce((most: number, item) => Math.max(most, depthOf(item, limit - 1)), 0)
  return 0
}

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? message

const titleOf = (root: Node | null): { title: string; id: string | null } => ({
  title: (isMap(root) ? scalarText(root.get('title', true)) : undefined) ?? '(unreadable)',
  id: (isMap(root) ? scalarText(root.get('id', true)) : undefined) ?? null,
})

import { isMap, isScalar, type YAMLMap } from 'yaml'
import { checkDetection } from '../compile/lower.ts'
import { type Diagnostic, DiagnosticSink } from '../diagnostics.ts'
import type { SigmaDocument, SigmaOther, SigmaRule } from '../rule.ts'
import { readDocuments, type YamlDocument } from '../yaml/documents.ts'
import { AttributeReader } from './attributes.ts'
import { readCorrelation } from './correlation.ts'
import { DetectionReader, emptyDetection, type ReadDetection } from './detection.ts'
import { readFilter } from './filter.ts'

/** Characters of a rule file (UTF-16 units); the largest public rule file holds 60 thousand. */
export const MAX_RULE_FILE_CHARS = 1_000_000

/** A document with errors: shown so that it can be found and mended, never run. */
export interface RefusedDocument extends SigmaDocument {
  readonly id: string | null
  /** Empty when it has none. */
  readonly title: string
}

export interface ParsedFile {
  readonly rules: SigmaRule[]
  readonly others: SigmaOther[]
  readonly refused: RefusedDocument[]
  /** Everything there is to say about the file, ordered by line. */
  readonly diagnostics: Diagnostic[]
}

/**
 * Reads a rule file: one or many YAML documents, each a rule, a correlation or a filter. Never throws, and reports all that is
 * wrong at once. What is not even YAML appears in the diagnostics alone.
 * @param file name used in diagnostics
 * @source Sigma rules specification 2.1
 */
export function parseRules(text: string, file: string, limits: { maxChars?: number } = {}): ParsedFile {
  const sink = new DiagnosticSink(file)
  const parsed: ParsedFile = { rules: [], others: [], refused: [], diagnostics: sink.list }
  const maxChars = limits.maxChars ?? MAX_RULE_FILE_CHARS
  if (text.length > maxChars) {
    const message = `the file has ${text.length} characters, more than ${maxChars}`
    sink.error('SIGMA_FILE_TOO_LARGE', { line: 1, column: 1 }, message, 'split it')
    return parsed
  }
  for (const document of readDocuments(text, sink)) {
    const errorsBefore = sink.errors
    const read = readDocument(document, sink)
    if (sink.errors > errorsBefore || read === undefined) parsed.refused.push(refusedOf(document, read))
    else if (read.kind === 'rule') parsed.rules.push(read)
    else parsed.others.push(read)
  }
  sink.list.sort((a, b) => a.line - b.line || a.column - b.column)
  return parsed
}

const refusedOf = ({ place }: YamlDocument, read: SigmaRule | SigmaOther | undefined): RefusedDocument => ({
  ...place,
  id: read?.id ?? null,
  title: read?.title ?? '',
})

function readDocument(document: YamlDocument, sink: DiagnosticSink): SigmaRule | SigmaOther | undefined {
  const { root } = document
  if (!isMap(root)) {
    sink.error('SIGMA_NOT_A_RULE', document.at(root), 'the document is not a map', 'a rule starts with "title: …"')
    return undefined
  }
  if (root.has('action')) {
    sink.error('SIGMA_OLD_ACTION', document.at(root), '"action" documents belong to Sigma 1', 'write each rule out')
    return undefined
  }
  const attributes = new AttributeReader(document, root, sink)
  if (root.has('correlation')) return readCorrelation(document, root, attributes, sink)
  if (root.has('filter')) return readFilter(document, root, attributes, sink)
  if (!root.has('detection') && !root.has('title') && !root.has('logsource')) {
    sink.error(
      'SIGMA_NOT_A_RULE',
      document.at(root),
      'the document is no Sigma rule, correlation or filter',
      'a rule has title, logsource and detection',
    )
    return undefined
  }
  return readRule(document, root, attributes, sink)
}

function readRule(document: YamlDocument, root: YAMLMap, attributes: AttributeReader, sink: DiagnosticSink): SigmaRule {
  const head = attributes.head(['logsource', 'detection'])
  if (head.taxonomy !== 'sigma')
    sink.warning(
      'SIGMA_UNKNOWN_TAXONOMY',
      document.at(root),
      `the taxonomy ${JSON.stringify(head.taxonomy)} is not translated: its field names are looked up as they are`,
    )
  const logSource = attributes.logSource()
  const { conditionTexts, ...detection } = readDetection(document, root, sink)
  checkDetection(detection, sink)
  return { kind: 'rule', ...head, logSource, detection, conditionTexts }
}

function readDetection(document: YamlDocument, root: YAMLMap, sink: DiagnosticSink): ReadDetection {
  const node = document.resolve(root.get('detection', true))
  if (isMap(node)) return new DetectionReader(document, sink).read(node)
  const missing = node === undefined || (isScalar(node) && node.value === null)
  if (missing)
    sink.error(
      'SIGMA_MISSING_ATTRIBUTE',
      document.at(root),
      'the rule has no detection',
      'add "detection:" with selections and a condition',
    )
  else sink.error('SIGMA_WRONG_TYPE', document.at(node), '"detection" must be a map of selections and a condition')
  return emptyDetection
}

import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { checkDetection } from '../compile/lower.ts'
import type { DiagnosticSink } from '../diagnostics.ts'
import type { SigmaFilter } from '../rule.ts'
import type { YamlDocument } from '../yaml/documents.ts'
import type { AttributeReader } from './attributes.ts'
import { DetectionReader, emptyDetection } from './detection.ts'

/** @source Sigma filters specification 2.0: `filter: {rules, selection…, condition}` */
export function readFilter(
  document: YamlDocument,
  root: YAMLMap,
  attributes: AttributeReader,
  sink: DiagnosticSink,
): SigmaFilter {
  const head = attributes.head(['logsource', 'filter'])
  const logSource = attributes.logSource()
  const node = document.resolve(root.get('filter', true))
  const map = isMap(node) ? node : undefined
  if (map === undefined)
    sink.error(
      'SIGMA_FILTER_INVALID',
      document.at(node ?? root),
      '"filter" must be a map of rules, selections and a condition',
    )
  const { conditionTexts, ...detection } =
    map === undefined ? emptyDetection : new DetectionReader(document, sink).read(map, ['rules'])
  checkDetection(detection, sink)
  const rules = map === undefined ? [] : textsOf(document, map, 'rules')
  if (map !== undefined && rules.length === 0)
    sink.error(
      'SIGMA_FILTER_INVALID',
      document.at(map),
      'the filter names no rules',
      'list their ids or names under "rules:", or write "rules: any"',
    )
  return { kind: 'filter', ...head, logSource, rules, detection, conditionTexts }
}

/** The texts of a list, or of one text alone. */
export function textsOf(document: YamlDocument, map: YAMLMap, key: string): string[] {
  const node = document.resolve(map.get(key, true))
  const nodes = isSeq(node) ? node.items.map((item) => document.resolve(item)) : [node]
  return nodes.flatMap((one) => (isScalar(one) && one.value !== null ? [String(one.value)] : []))
}

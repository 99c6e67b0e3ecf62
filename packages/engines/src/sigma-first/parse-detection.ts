import { isAlias, isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { checkItem } from './check-item.ts'
import type { DocumentContext } from './parse.ts'
import { scalarText } from './parse-head.ts'
import type { FieldItem, Selection, SigmaValue } from './rule.ts'

const reserved = new Set(['condition', 'timeframe'])
/** Values of a whole rule. The longest public rule has some two thousand. */
const maxValues = 50_000

/** Reads the selections of a detection section. */
export function detectionReader(context: DocumentContext) {
  const { diagnostics, where } = context
  let values = 0

  function read(detection: YAMLMap): Map<string, Selection> {
    const selections = new Map<string, Selection>()
    for (const pair of detection.items) {
      const name = scalarText(pair.key)
      if (name === undefined || reserved.has(name)) {
        if (name === 'timeframe')
          diagnostics.warn(
            'SIGMA_TIMEFRAME',
            where(pair.key),
            '`timeframe` has no meaning without a correlation',
            'Remove it, or write a correlation rule.',
          )
        continue
      }
      selections.set(name, { name, groups: groups(name, pair.value) })
    }
    if (selections.size === 0)
      diagnostics.error('SIGMA_DETECTION_EMPTY', where(detection), 'the detection defines no selection')
    return selections
  }

  /** A map is one group; a list of maps is any of them; a list of scalars is keywords. */
  function groups(name: string, node: unknown): FieldItem[][] {
    if (isMap(node)) return [mapItems(node)]
    if (isSeq(node)) {
      const maps = node.items.filter((item) => isMap(item))
      const scalars = node.items.filter((item) => isScalar(item))
      if (maps.length + scalars.length < node.items.length)
        diagnostics.error('SIGMA_BAD_SELECTION', where(node), `the selection "${name}" holds a list within a list`)
      const keywords = scalars.length > 0 ? [[item(null, [], scalars, node)]] : []
      if (maps.length + scalars.length === 0)
        diagnostics.error('SIGMA_EMPTY_SELECTION', where(node), `the selection "${name}" is empty`)
      return [...maps.map(mapItems), ...keywords]
    }
    if (isScalar(node) && node.value !== null) return [[item(null, [], [node], node)]]
    diagnostics.error(
      'SIGMA_EMPTY_SELECTION',
      where(node),
      `the selection "${name}" is empty`,
      'Give it fields and values, or keywords.',
    )
    return []
  }

  function mapItems(map: YAMLMap): FieldItem[] {
    if (map.items.length === 0)
      diagnostics.error('SIGMA_EMPTY_SELECTION', where(map), 'a selection without fields matches nothing')
    return map.items.map((pair) => {
      const [field = '', ...modifiers] = (scalarText(pair.key) ?? '').split('|')
      const nodes = isSeq(pair.value) ? pair.value.items : [pair.value]
      return item(field === '' ? null : field, modifiers, nodes, pair.key)
    })
  }

  function item(field: string | null, modifiers: string[], nodes: readonly unknown[], at: unknown): FieldItem {
    const read = nodes.flatMap((node) => value(node))
    values += read.length
    if (values > maxValues && values - read.length <= maxValues)
      diagnostics.error(
        'SIGMA_TOO_MANY_VALUES',
        where(at),
        `the rule holds more than ${maxValues} values`,
        'Split it, or use indicators.',
      )
    if (nodes.length === 0)
      diagnostics.error('SIGMA_EMPTY_LIST', where(at), `"${field ?? 'keywords'}" has an empty list of values`)
    const made = { field, modifiers, values: read, ...where(at) }
    checkItem(made, diagnostics)
    return made
  }

  function value(node: unknown): SigmaValue[] {
    if (node === null || node === undefined) return [null]
    if (isScalar(node)) {
      const { value: given } = node
      if (given === null || given === undefined) return [null]
      if (typeof given === 'string' || typeof given === 'boolean') return [given]
      // Numbers too long for a double keep their digits as text.
      if (typeof given === 'number')
        return [Number.isSafeInteger(given) || !/^[-+]?\d+$/.test(node.source ?? '') ? given : (node.source ?? given)]
      return [String(node.source ?? given)]
    }
    if (isAlias(node))
      diagnostics.error('SIGMA_ALIAS', where(node), 'YAML aliases are not read as values', 'Write the value out.')
    else diagnostics.error('SIGMA_BAD_VALUE', where(node), 'a value must be text, a number, a boolean or null')
    return []
  }

  return { read }
}

import { isMap } from 'yaml'
import { DetectionReader } from '../read/detection.ts'
import type { RuleLogSource, SelectionBody } from '../rule.ts'
import type { Draft } from './draft.ts'
import { asBody, type MakeTransformation } from './transformation.ts'

/** Transformations of a rule as a whole. */
export const ruleTransformations: Readonly<Record<string, MakeTransformation>> = {
  add_condition(parameters) {
    const node = parameters.node('conditions')
    if (!isMap(node)) {
      parameters.invalid('conditions', '"conditions" must be a map of fields to values')
      return {}
    }
    const body = new DetectionReader(parameters.doc, parameters.sink).body(node, node)
    const wanted = parameters.text('name')
    const isTemplate = parameters.flag('template')
    const negated = parameters.flag('negated')
    return {
      rule(draft) {
        if (draft.document.kind !== 'rule' || body === undefined) return
        const name = freeName(draft, wanted ?? '_added')
        draft.selections = [
          ...draft.selections,
          { name, at: parameters.at(), body: isTemplate ? filledIn(body, draft.logSource) : body },
        ]
        const added = { op: 'selection', name } as const
        const also = negated ? ({ op: 'not', of: added } as const) : added
        draft.conditions = draft.conditions.map((one) => ({ op: 'and', of: [also, one] }))
      },
    }
  },
  change_logsource(parameters) {
    const given = Object.fromEntries(
      (['category', 'product', 'service'] as const).flatMap((name) => {
        const text = parameters.text(name)
        return text === undefined ? [] : [[name, text]]
      }),
    )
    if (Object.keys(given).length === 0)
      parameters.invalid(undefined, 'the new log source is empty', 'give category, product or service')
    return {
      rule(draft) {
        draft.logSource = { ...given, custom: draft.logSource.custom }
      },
    }
  },
  set_state(parameters) {
    const key = parameters.required('key')
    const value = parameters.scalar('val')
    return { rule: (draft) => void draft.state.set(key, value) }
  },
  set_custom_attribute(parameters) {
    const attribute = parameters.required('attribute')
    const value = parameters.json('value')
    return {
      rule(draft) {
        draft.custom = { ...draft.custom, [attribute]: value }
      },
    }
  },
  rule_failure(parameters) {
    const message = parameters.required('message')
    return {
      rule: (draft) => draft.sink.error('SIGMA_PIPELINE_REFUSED', { line: draft.document.line, column: 1 }, message),
    }
  },
  detection_item_failure(parameters) {
    const message = parameters.required('message')
    return {
      item(item, draft) {
        draft.sink.error('SIGMA_PIPELINE_REFUSED', item.at, message)
        return asBody(item)
      },
    }
  },
  strict_field_mapping_failure: () => ({
    item(item, draft) {
      if (item.field !== null && !draft.mappedFields.has(item.field))
        draft.sink.error('SIGMA_PIPELINE_REFUSED', item.at, `no mapping knows the field ${JSON.stringify(item.field)}`)
      return asBody(item)
    },
  }),
}

function freeName(draft: Draft, wanted: string): string {
  const taken = new Set(draft.selections.map(({ name }) => name))
  let name = wanted
  for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`
  return name
}

/** `$category`, `$product` and `$service` in the values. */
function filledIn(body: SelectionBody, logSource: RuleLogSource): SelectionBody {
  if (body.type !== 'item') return { ...body, of: body.of.map((one) => filledIn(one, logSource)) }
  const fill = (text: string): string =>
    text.replace(/\$(?:(category|product|service)\b|\{(category|product|service)\})/g, (found, bare, braced) => {
      const name: string = bare ?? braced
      return (
        (name === 'category' ? logSource.category : name === 'product' ? logSource.product : logSource.service) ?? found
      )
    })
  const values = body.item.values.map((value) =>
    value.type === 'string' ? { ...value, text: fill(value.text) } : value,
  )
  return asBody({ ...body.item, values })
}

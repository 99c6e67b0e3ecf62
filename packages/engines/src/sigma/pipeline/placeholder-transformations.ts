import type { Json } from '../../event/index.ts'
import { MAX_VARIANTS } from '../compile/variants.ts'
import { quoted } from '../diagnostics.ts'
import type { DetectionItem, RuleValue } from '../rule.ts'
import type { Draft } from './draft.ts'
import type { Parameters } from './parameters.ts'
import { asBody, type MakeTransformation } from './transformation.ts'

/** The texts for one placeholder; undefined leaves it to a later step, or to whoever compiles the rule. */
type Fill = (name: string, item: DetectionItem, draft: Draft) => readonly string[] | undefined

const PLACEHOLDER = /\\%|%([^%\s\\]+)%/

function handled(parameters: Parameters): (name: string) => boolean {
  const include = parameters.texts('include')
  const exclude = parameters.texts('exclude')
  if (include !== undefined && exclude !== undefined)
    parameters.invalid('exclude', '"include" and "exclude" exclude each other', 'keep one')
  return (name) => (include === undefined || include.includes(name)) && !(exclude?.includes(name) ?? false)
}

const filling = (fill: Fill) => ({
  item(item: DetectionItem, draft: Draft) {
    if (!item.modifiers.includes('expand')) return asBody(item)
    const values = item.values.flatMap((value): RuleValue[] => {
      if (value.type !== 'string') return [value]
      const texts = filled(value.text, (name) => fill(name, item, draft))
      if (texts !== undefined) return texts.map((text) => ({ ...value, text }))
      draft.sink.error(
        'SIGMA_TOO_MANY_VARIANTS',
        value.at,
        `the placeholders of ${quoted(value.text)} have too many values`,
      )
      return [value]
    })
    return asBody({ ...item, values })
  },
})

/** All texts that come of filling in; what nobody fills in stays. Nothing when there would be too many. */
function filled(text: string, fill: (name: string) => readonly string[] | undefined): string[] | undefined {
  let texts = ['']
  let rest = text
  for (;;) {
    const found = PLACEHOLDER.exec(rest)
    if (found === null) return texts.map((one) => one + rest)
    const before = rest.slice(0, found.index)
    // A percent sign that comes in is no mark of another placeholder.
    const values = (found[1] === undefined ? undefined : fill(found[1]))?.map((one) => one.replaceAll('%', '\\%')) ?? [
      found[0],
    ]
    if (texts.length * values.length > MAX_VARIANTS) return undefined
    texts = texts.flatMap((one) => values.map((value) => one + before + value))
    rest = rest.slice(found.index + found[0].length)
  }
}

/** Transformations that fill in the placeholders of `expand`. */
export const placeholderTransformations: Readonly<Record<string, MakeTransformation>> = {
  value_placeholders(parameters) {
    const isHandled = handled(parameters)
    return filling((name, item, draft) => {
      if (!isHandled(name)) return undefined
      const values = draft.vars.get(name)
      const texts = values === undefined ? undefined : textsOf(values)
      if (texts === undefined)
        draft.sink.error(
          'SIGMA_PIPELINE_REFUSED',
          item.at,
          `no variable of the pipelines has values for the placeholder ${quoted(`%${name}%`)}`,
          `add ${quoted(name)} under "vars:"`,
        )
      return texts
    })
  },
  wildcard_placeholders(parameters) {
    const isHandled = handled(parameters)
    return filling((name) => (isHandled(name) ? ['*'] : undefined))
  },
}

function textsOf(values: Json): string[] | undefined {
  const list = Array.isArray(values) ? values : [values]
  return list.every((one) => typeof one === 'string' || typeof one === 'number') ? list.map(String) : undefined
}

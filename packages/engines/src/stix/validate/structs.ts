import type { StixObject } from '../../stix-pattern/index.ts'
import type { PropertyRule, StructDefinition } from '../definitions/property.ts'
import { alternatives, shown } from './issue.ts'
import { compareTimestamps } from './timestamps.ts'
import { has, join, undefinedProperties, type Walk } from './walk.ts'

const EXTERNAL_IDS: readonly (readonly [source: string, form: RegExp])[] = [
  ['cve', /^CVE-\d{4}-(?:0\d{3}|[1-9]\d{3,})$/],
  ['capec', /^CAPEC-\d+$/],
]

/** Judges an object within an object. */
export function judgeStruct(value: StixObject, struct: StructDefinition, path: string, walk: Walk): void {
  judgeProperties(value, struct, path, walk)
  for (const name of undefinedProperties(value, struct)) {
    const at = join(path, name)
    if (struct.closed)
      walk.issues.error('STIX_BAD_NAME', walk.prefix + at, `${struct.name} has no ${shown(name)}`, 'take it out')
    if (walk.structPlace !== undefined) walk.custom.push({ place: walk.structPlace, name, path: at })
  }
  if (struct.name === 'external reference') judgeExternalId(value, path, walk)
}

/** What holds for the defined properties of an object or a structure. */
export function judgeProperties(value: StixObject, struct: StructDefinition, path: string, walk: Walk): void {
  const { issues, prefix } = walk
  for (const name of struct.required)
    if (!has(value, name))
      issues.error('STIX_REQUIRED', prefix + join(path, name), `${struct.name} must have ${name}`, `give it ${name}`)
  for (const [name, kind] of Object.entries(struct.properties))
    if (has(value, name)) walk.judge.value(value[name]!, kind, join(path, name), walk)
  for (const rule of struct.rules) judgeRule(value, rule, struct, path, walk)
}

function judgeRule(
  value: StixObject,
  rule: PropertyRule,
  { name: what }: StructDefinition,
  path: string,
  walk: Walk,
): void {
  const isThere = (name: string): boolean => has(value, name)
  const wrong = (message: string, remedy: string): void =>
    walk.issues.error('STIX_PROPERTIES', walk.prefix + path, message, remedy)
  switch (rule.rule) {
    case 'some':
      if (!rule.of.some(isThere))
        wrong(`${what} must have at least one of ${alternatives(rule.of)}`, 'give it one of them')
      return
    case 'one': {
      const present = rule.of.filter(isThere)
      if (present.length !== 1)
        wrong(
          `${what} must have exactly one of ${alternatives(rule.of)}`,
          present.length === 0 ? 'give it one' : 'keep one',
        )
      return
    }
    case 'needs': {
      const missing = isThere(rule.property) ? rule.others.filter((other) => !isThere(other)) : []
      if (missing.length > 0)
        wrong(`${rule.property} needs ${missing.join(' and ')}`, `give it ${missing.join(' and ')}`)
      return
    }
    case 'when':
      if (value[rule.property] !== rule.is) return
      if (rule.needs !== undefined && !isThere(rule.needs))
        wrong(`${rule.property} is ${rule.is}: it must have ${rule.needs}`, `give it ${rule.needs}`)
      if (rule.forbids !== undefined && isThere(rule.forbids))
        wrong(`${rule.property} is ${rule.is}: it must not have ${rule.forbids}`, `take ${rule.forbids} out`)
      return
    case 'order': {
      const order = compareTimestamps(value[rule.later], value[rule.earlier])
      if (order === undefined || order > 0 || (order === 0 && rule.strictly === undefined)) return
      const message = `${rule.later} (${String(value[rule.later])}) must ${rule.strictly ? 'be after' : 'not be before'} ${rule.earlier} (${String(value[rule.earlier])})`
      walk.issues.error('STIX_TIME_ORDER', walk.prefix + join(path, rule.later), message, 'mend one of them')
      return
    }
  }
}

/** Ids of CVE and CAPEC have one form, and belong to one source each. @source STIX 2.1 section 2.5 */
function judgeExternalId({ source_name: source, external_id: id }: StixObject, path: string, walk: Walk): void {
  for (const [name, form] of EXTERNAL_IDS) {
    const isForm = typeof id === 'string' && form.test(id)
    if ((source === name) === isForm) continue
    const message =
      source === name
        ? `${shown(id ?? '')} is no id of ${name}`
        : `${shown(id ?? '')} is an id of ${name}, and the source is ${shown(source ?? '')}`
    const remedy =
      source === name ? `write ${name === 'cve' ? 'CVE-2026-12345' : 'CAPEC-163'}` : `write ${name} as source_name`
    walk.issues.error('STIX_BAD_EXTERNAL_ID', walk.prefix + join(path, 'external_id'), message, remedy)
  }
}

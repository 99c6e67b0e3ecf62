import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import { boundProblem } from '../bounds.ts'
import { categoryOf } from '../definitions/index.ts'
import { type VocabularyName, vocabularies } from '../definitions/vocabularies.ts'
import { resolveSelector } from '../markings/selectors.ts'
import { tlpDefinition } from '../markings/tlp.ts'
import { ChangeList, type UpgradeChange } from './change.ts'
import { splitObservables } from './observed-data.ts'
import { upgradePattern } from './pattern.ts'

export interface UpgradedObject {
  readonly object: StixObject
  /** The observables that observed data held within itself. */
  readonly observables: readonly StixObject[]
  /** Each part that was changed or dropped. */
  readonly changes: readonly UpgradeChange[]
  /** Changes beyond those that are told. */
  readonly untold: number
}

/** Whether an object is of STIX 2.0: it says so, its bundle does, or it says nothing and is no observable. */
export function isVersion2_0(object: StixObject, bundleVersion?: string): boolean {
  if (object.spec_version !== undefined) return object.spec_version === '2.0'
  if (bundleVersion !== undefined) return bundleVersion === '2.0'
  return categoryOf(String(object.type)) !== 'observable' && object.type !== 'bundle'
}

/**
 * An object of STIX 2.0 as STIX 2.1 writes it. Nothing is lost: what 2.1 does not know stays as a custom property, and each change is told.
 * @error RangeError is thrown when the object nests too deep or has too many values
 * @source STIX 2.1 appendix D, "Changes from STIX 2.0"
 */
export function upgradeObject(source: StixObject): UpgradedObject {
  const bound = boundProblem(source)
  if (bound !== undefined)
    throw new RangeError(`the object ${bound === 'STIX_TOO_DEEP' ? 'nests too deep' : 'has too many values'}`)
  const changes = new ChangeList(typeof source.id === 'string' ? source.id : '')
  const step: Step = { object: { ...source }, observables: new Map(), moved: new Map(), changes }
  if (source.type === 'bundle') upgradeBundle(step)
  else {
    upgradeCommon(step)
    upgradersByType.get(String(source.type))?.(step)
    upgradeSelectors(step)
    step.object = inOrder(step.object)
  }
  const { object, observables } = step
  return { object, observables: distinct(observables.values()), changes: changes.changes, untold: changes.untold }
}

interface Step {
  object: Record<string, StixValue>
  observables: Map<string, StixObject>
  /** Selectors whose target has moved: `labels.[0]` → `malware_types.[0]`; an empty text when it is in no list any more. */
  readonly moved: Map<string, string>
  readonly changes: ChangeList
}

function upgradeBundle({ object, changes }: Step): void {
  if (object.spec_version === undefined) return
  delete object.spec_version
  changes.add('dropped', 'spec_version', 'in STIX 2.1 each object has it')
}

function upgradeCommon(step: Step): void {
  const { object, changes } = step
  object.spec_version = '2.1'
  changes.add('added', 'spec_version', 'STIX 2.1 wants it on each object')
  for (const name of ['created', 'modified']) {
    const value = object[name]
    const precise = typeof value === 'string' ? withMilliseconds(value) : undefined
    if (precise === undefined || precise === value) continue
    object[name] = precise
    changes.add('rewritten', name, 'it must have milliseconds')
  }
  for (const [name, value] of Object.entries(object)) {
    if (value !== null && !(Array.isArray(value) && value.length === 0)) continue
    delete object[name]
    changes.add('dropped', name, value === null ? 'null is no value of STIX' : 'a list must not be empty')
  }
}

/** Timestamps of ten decimals are cut nowhere; those of fewer than three are filled up. */
function withMilliseconds(text: string): string {
  const parts = /^(.+T\d\d:\d\d:\d\d)(?:\.(\d{0,2}))?Z$/.exec(text)
  return parts === null ? text : `${parts[1]}.${(parts[2] ?? '').padEnd(3, '0')}Z`
}

const upgradersByType: ReadonlyMap<string, (step: Step) => void> = new Map(
  Object.entries({
    identity: (step) => renameProperty(step, 'labels', 'roles', 'labels of an identity were its roles'),
    indicator: upgradeIndicator,
    malware: upgradeMalware,
    'marking-definition': upgradeMarking,
    'observed-data': upgradeObservedData,
    report: (step) => labelsToTypes(step, 'report_types', 'report-type-ov'),
    'threat-actor': (step) => labelsToTypes(step, 'threat_actor_types', 'threat-actor-type-ov'),
    tool: (step) => labelsToTypes(step, 'tool_types', 'tool-type-ov'),
  }),
)

function renameProperty({ object, moved, changes }: Step, from: string, to: string, why: string): void {
  const value = object[from]
  if (value === undefined || object[to] !== undefined) return
  delete object[from]
  object[to] = value
  moved.set(from, to)
  if (Array.isArray(value)) for (const i of value.keys()) moved.set(`${from}.[${i}]`, `${to}.[${i}]`)
  changes.add('renamed', from, why, to)
}

/** What 2.0 had as labels from a vocabulary are types in 2.1; other labels stay what they are. */
function labelsToTypes({ object, moved, changes }: Step, to: string, vocabulary: VocabularyName): void {
  const { labels } = object
  if (!Array.isArray(labels) || object[to] !== undefined) return
  const known: readonly string[] = vocabularies[vocabulary]
  const types: StixValue[] = []
  const kept: StixValue[] = []
  for (const [i, label] of labels.entries()) {
    const isType = typeof label === 'string' && known.includes(label)
    const list = isType ? types : kept
    moved.set(`labels.[${i}]`, `${isType ? to : 'labels'}.[${list.length}]`)
    list.push(label)
    if (isType)
      changes.add('moved', `labels[${i}]`, 'STIX 2.1 has types apart from labels', `${to}[${list.length - 1}]`)
  }
  if (types.length === 0) return
  object[to] = types
  if (kept.length > 0) object.labels = kept
  else {
    delete object.labels
    moved.set('labels', to)
  }
}

function upgradeIndicator(step: Step): void {
  const { object, changes } = step
  labelsToTypes(step, 'indicator_types', 'indicator-type-ov')
  if (typeof object.pattern !== 'string' || object.pattern_type !== undefined) return
  const { pattern, version, renamed } = upgradePattern(object.pattern)
  if (pattern !== object.pattern) {
    const names = [...renamed].map(([from, to]) => `${from} is ${to}`).join(', ')
    changes.add('rewritten', 'pattern', `STIX 2.1 writes it otherwise${names === '' ? '' : `: ${names}`}`)
  }
  Object.assign(object, { pattern, pattern_type: 'stix', pattern_version: version })
  changes.add('added', 'pattern_type', 'STIX 2.0 knew no other patterns')
  changes.add(
    'added',
    'pattern_version',
    version === '2.1' ? 'the pattern is of STIX 2.1' : 'the pattern uses what STIX 2.1 does not have',
  )
}

function upgradeMalware(step: Step): void {
  const { object, changes } = step
  labelsToTypes(step, 'malware_types', 'malware-type-ov')
  if (object.is_family !== undefined) return
  object.is_family = object.name !== undefined
  changes.add('added', 'is_family', 'STIX 2.1 wants it; STIX 2.0 could describe families alone, as it had no samples')
}

function upgradeMarking({ object, changes }: Step): void {
  const standard = typeof object.id === 'string' ? tlpDefinition(object.id) : undefined
  if (standard === undefined) return
  for (const name of Object.keys(object))
    if (!Object.hasOwn(standard, name)) {
      delete object[name]
      changes.add('dropped', name, 'TLP markings are the same everywhere')
    }
  for (const [name, value] of Object.entries(standard)) {
    if (object[name] === undefined) changes.add('added', name, 'TLP markings are the same everywhere')
    object[name] = value
  }
}

function upgradeObservedData(step: Step): void {
  const { object, changes } = step
  const { objects } = object
  if (typeof objects !== 'object' || objects === null || Array.isArray(objects) || object.object_refs !== undefined)
    return
  const { byKey } = splitObservables(String(object.id), objects as StixObject, changes)
  if (byKey.size === 0) return
  const ids = [...new Set([...byKey.values()].map(({ id }) => id!))]
  delete object.objects
  object.object_refs = ids
  step.observables = new Map(byKey)
  for (const [key, { id }] of byKey)
    changes.add('moved', `objects.${key}`, 'observables are objects of their own', String(id))
}

/** Granular markings keep pointing to what they pointed to, also where that is another object now. */
function upgradeSelectors(step: Step): void {
  const { object, changes } = step
  const { granular_markings: markings } = object
  if (!Array.isArray(markings)) return
  const kept: StixValue[] = []
  for (const [i, marking] of markings.entries()) {
    if (typeof marking !== 'object' || marking === null || Array.isArray(marking)) continue
    const { selectors, ...rest } = marking as StixObject
    const here: StixValue[] = []
    for (const selector of Array.isArray(selectors) ? selectors : []) {
      const to = movedSelector(String(selector), step)
      if (to !== undefined && resolveSelector(object, to).found) here.push(to)
      else if (!markObservable(String(selector), rest, step))
        changes.add(
          'dropped',
          `granular_markings[${i}].selectors`,
          `${String(selector).slice(0, 100)} points to nothing`,
        )
      if (to !== selector && to !== undefined)
        changes.add('rewritten', `granular_markings[${i}].selectors`, 'what it points to has moved', to)
    }
    if (here.length > 0) kept.push({ ...rest, selectors: here })
  }
  if (kept.length > 0) object.granular_markings = kept
  else delete object.granular_markings
}

const movedSelector = (selector: string, { moved, object }: Step): string | undefined =>
  selector === 'objects' && object.object_refs !== undefined ? 'object_refs' : (moved.get(selector) ?? selector)

/** `objects.0.value` becomes `value` on the observable; `objects.0` marks the observable as a whole. */
function markObservable(selector: string, marking: StixObject, { observables, changes }: Step): boolean {
  const [root, key = '', ...path] = selector.split('.')
  const observable = root === 'objects' ? observables.get(key) : undefined
  if (observable === undefined) return false
  const within = path.join('.')
  if (within === '' && typeof marking.marking_ref === 'string') {
    const refs = Array.isArray(observable.object_marking_refs) ? observable.object_marking_refs : []
    observables.set(key, { ...observable, object_marking_refs: [...refs, marking.marking_ref] })
  } else if (within !== '' && resolveSelector(observable, within).found) {
    const markings = Array.isArray(observable.granular_markings) ? observable.granular_markings : []
    observables.set(key, { ...observable, granular_markings: [...markings, { ...marking, selectors: [within] }] })
  } else return false
  changes.add(
    'moved',
    `granular_markings of ${selector.slice(0, 100)}`,
    'observables carry their own markings',
    String(observable.id),
  )
  return true
}

/** One observable may have stood under two keys. */
function distinct(observables: Iterable<StixObject>): readonly StixObject[] {
  const byId = new Map<StixValue, StixObject>()
  for (const one of observables) if (!byId.has(one.id!)) byId.set(one.id!, one)
  return [...byId.values()]
}

function inOrder(object: StixObject): Record<string, StixValue> {
  const { type, spec_version, id, ...rest } = object
  const first = Object.entries({ type, spec_version, id }).filter(
    (one): one is [string, StixValue] => one[1] !== undefined,
  )
  return { ...Object.fromEntries(first), ...rest }
}

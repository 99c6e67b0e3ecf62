import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import type { MispAttribute, MispObject } from '../event.ts'
import { defaultCategory } from './attribute-to-stix.ts'
import { customProperty } from './custom-property.ts'
import { type EventDraft, emptyAttribute, emptyObject, emptyReference, type ObjectDraft } from './import-state.ts'
import type { RelationRow } from './object-rule.ts'
import { mispNamedUuid, type ObservableGraph } from './observable-graph.ts'
import { parsePath, valuesAt } from './paths.ts'
import { comparison } from './pattern-text.ts'
import { customOf, type RelatedAttribute } from './stix-to-object.ts'
import { isObject, listOf, toMispValue, toStixValue } from './values.ts'

const extensionName = 'windows-pebinary-ext'
const extensionPath = `file:extensions.'${extensionName}'`

const headRows: readonly RelationRow[] = [
  ['type', 'text', 'pe_type'],
  ['imphash', 'imphash', 'imphash'],
  ['number-sections', 'counter', 'number_of_sections', 'integer'],
  ['entrypoint-address', 'text', 'optional_header.address_of_entry_point', 'integer'],
]
const sectionRows: readonly RelationRow[] = [
  ['name', 'text', 'name'],
  ['size-in-bytes', 'size-in-bytes', 'size', 'integer'],
  ['entropy', 'float', 'entropy', 'number'],
  ['md5', 'md5', 'hashes.MD5'],
  ['sha1', 'sha1', "hashes.'SHA-1'"],
  ['sha256', 'sha256', "hashes.'SHA-256'"],
  ['sha512', 'sha512', "hashes.'SHA-512'"],
  ['ssdeep', 'ssdeep', 'hashes.SSDEEP'],
]

/** The objects that say of a file that it is a program of Windows. */
export interface PortableExecutable {
  readonly pe: MispObject
  readonly sections: readonly MispObject[]
}

/** By the UUID of the file that includes them. */
export function executablesByFile(objects: readonly MispObject[]): Map<string, PortableExecutable> {
  const byUuid = new Map(objects.flatMap((object) => (object.uuid ? [[object.uuid, object] as const] : [])))
  const included = (object: MispObject, name: string): MispObject[] =>
    object.ObjectReference.flatMap(({ referenced_uuid: uuid, relationship_type: type }) => {
      const target = uuid && (type === 'includes' || type === 'included-in') ? byUuid.get(uuid) : undefined
      return target?.name === name ? [target] : []
    })
  const found = new Map<string, PortableExecutable>()
  for (const object of objects) {
    const [pe] = object.name === 'file' ? included(object, 'pe') : []
    if (pe && object.uuid) found.set(object.uuid, { pe, sections: included(pe, 'pe-section') })
  }
  return found
}

/** Writes what they say into the file's extension. @returns what is compared of it */
export function writeExecutable({ pe, sections }: PortableExecutable, graph: ObservableGraph): string[] {
  return [
    ...pe.Attribute.flatMap((one) => write(one, headRows, extensionPath, extensionPath, graph)),
    ...sections.flatMap((section, n) =>
      section.Attribute.flatMap((one) =>
        write(one, sectionRows, `${extensionPath}.sections[${n}]`, `${extensionPath}.sections[*]`, graph),
      ),
    ),
  ]
}

function write(
  attribute: MispAttribute,
  rows: readonly RelationRow[],
  at: string,
  comparedAt: string,
  graph: ObservableGraph,
): string[] {
  const relation = attribute.object_relation ?? attribute.type
  const row = rows.find(([name]) => name === relation)
  const value = row && toStixValue(row[3], attribute.value)
  if (row && value !== undefined && graph.set(`${at}.${row[2]}`, value))
    return attribute.to_ids ? [comparison(`${comparedAt}.${row[2]}`, value)] : []
  graph.set(`${at}.${customProperty(relation)}`, attribute.value)
  return []
}

/** The objects that the extension of a file stands for, beside the object of the file. */
export function importExecutable(file: StixObject, object: ObjectDraft, event: EventDraft): void {
  const extension = isObject(file.extensions) ? file.extensions[extensionName] : undefined
  if (!isObject(extension)) return
  const pe = objectOf('pe', `${object.uuid ?? ''} - pe`, relatedTo(extension, headRows), object)
  object.ObjectReference.push(emptyReference(pe.uuid ?? '', 'includes'))
  event.objects.push(pe)
  for (const [n, section] of listOf(extension.sections).entries()) {
    if (!isObject(section)) continue
    const made = objectOf(
      'pe-section',
      `${object.uuid ?? ''} - pe-section - ${n}`,
      relatedTo(section, sectionRows),
      object,
    )
    pe.ObjectReference.push(emptyReference(made.uuid ?? '', 'includes'))
    event.objects.push(made)
  }
}

function relatedTo(holder: StixObject, rows: readonly RelationRow[]): RelatedAttribute[] {
  const found = rows.flatMap(([relation, type, path, as]) =>
    valuesAt(parsePath(`x:${path}`).steps, holder, new Map()).flatMap((value: StixValue): RelatedAttribute[] => {
      const text = toMispValue(as, value)
      return text === undefined ? [] : [{ relation, type, value: text }]
    }),
  )
  return [...found, ...customOf(holder)]
}

function objectOf(name: string, id: string, related: readonly RelatedAttribute[], file: ObjectDraft): ObjectDraft {
  const uuid = mispNamedUuid(id)
  return {
    ...emptyObject(name),
    uuid,
    'meta-category': 'file',
    timestamp: file.timestamp,
    Attribute: related.map(({ relation, type, value }, place) => ({
      ...emptyAttribute(type, value),
      uuid: mispNamedUuid(`${uuid} - ${relation} - ${place}`),
      category: defaultCategory(type),
      timestamp: file.timestamp,
      object_relation: relation,
    })),
  }
}

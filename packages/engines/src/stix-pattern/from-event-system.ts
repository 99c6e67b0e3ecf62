import type { EventFields } from './event-fields.ts'
import type { ObjectGraph } from './object-graph.ts'

/** ECS fields of one file. */
export interface FileNames {
  readonly path: string
  readonly name: string
  /** Before `.size`, `.hash.…`; empty when there are none. */
  readonly prefix: string
}

/** The process of an event and its parent. */
export function addProcesses(
  graph: ObjectGraph,
  fields: EventFields,
  { account, traffic }: { readonly account: string | undefined; readonly traffic: string | undefined },
): void {
  const parent = addProcess(graph, fields, 'process.parent', {})
  addProcess(graph, fields, 'process', {
    creator_user_ref: account,
    parent_ref: parent,
    opened_connection_refs: traffic === undefined ? undefined : [traffic],
  })
}

function addProcess(
  graph: ObjectGraph,
  fields: EventFields,
  prefix: string,
  references: Readonly<Record<string, string | readonly string[] | undefined>>,
): string | undefined {
  const image = addFile(graph, fields, { path: `${prefix}.executable`, name: `${prefix}.name`, prefix })
  const integrity = fields.text(`${prefix}.integrity_level`)
  const own = {
    pid: fields.number(`${prefix}.pid`),
    // Of STIX 2.0; 2.1 has it in the file that `image_ref` names.
    name: fields.text(`${prefix}.name`),
    command_line: fields.text(`${prefix}.command_line`),
    cwd: fields.text(`${prefix}.working_directory`),
    created_time: fields.text(`${prefix}.start`),
    arguments: fields.texts(`${prefix}.args`),
  }
  if (image === undefined && Object.values(own).every((value) => value === undefined || Array.isArray(value)))
    return undefined
  return graph.add('process', {
    ...own,
    image_ref: image,
    binary_ref: image,
    ...references,
    ...(integrity === undefined
      ? {}
      : { extensions: { 'windows-process-ext': { integrity_level: integrity.toLowerCase() } } }),
  })
}

const HASHES: readonly (readonly [string, string])[] = [
  ['md5', 'MD5'],
  ['sha1', 'SHA-1'],
  ['sha256', 'SHA-256'],
  ['sha512', 'SHA-512'],
  ['ssdeep', 'SSDEEP'],
  ['tlsh', 'TLSH'],
]

export function addFile(
  graph: ObjectGraph,
  fields: EventFields,
  { path, name, prefix }: FileNames,
): string | undefined {
  const full = fields.text(path)
  const cut = full === undefined ? -1 : Math.max(full.lastIndexOf('\\'), full.lastIndexOf('/'))
  const directory = full === undefined || cut <= 0 ? fields.text(`${prefix}.directory`) : full.slice(0, cut)
  const hashes: Record<string, string> = {}
  for (const [ecs, stix] of HASHES) {
    const hash = prefix === '' ? undefined : fields.text(`${prefix}.hash.${ecs}`)
    if (hash !== undefined) hashes[stix] = ecs === 'ssdeep' ? hash : hash.toLowerCase()
  }
  const hasHashes = Object.keys(hashes).length > 0
  const own = full === undefined ? fields.text(name) : full.slice(cut + 1)
  if (own === undefined && !hasHashes) return undefined
  return graph.add('file', {
    name: own,
    parent_directory_ref: directory === undefined ? undefined : graph.add('directory', { path: directory }),
    size: prefix === 'file' ? fields.number('file.size') : undefined,
    mime_type: prefix === 'file' ? fields.text('file.mime_type') : undefined,
    ...(hasHashes ? { hashes } : {}),
  })
}

/** Full names of hives. @source STIX 2.1 section 6.17: keys must not abbreviate the hive */
const HIVES: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKU: 'HKEY_USERS',
  HKCC: 'HKEY_CURRENT_CONFIG',
}

/**
 * Logs give the path of a value or of a key without telling which. So the event counts as both: as the key of that path, and as its parent
 * with a value of the last name.
 */
export function addRegistry(graph: ObjectGraph, fields: EventFields, account: string | undefined): void {
  const path = fields.text('registry.path')
  if (path === undefined) return
  const [hive = '', ...rest] = path.replace(/^\\(?:registry\\)?/i, '').split('\\')
  const full = [Object.hasOwn(HIVES, hive.toUpperCase()) ? HIVES[hive.toUpperCase()]! : hive, ...rest]
  graph.add('windows-registry-key', { key: full.join('\\'), creator_user_ref: account })
  const valueName = fields.text('registry.value')
  if (valueName === undefined || full.length < 2) return
  const data = fields.text('registry.data.strings')
  const type = fields.text('registry.data.type')
  graph.add('windows-registry-key', {
    key: full.slice(0, -1).join('\\'),
    creator_user_ref: account,
    values: [
      {
        name: valueName,
        ...(data === undefined ? {} : { data }),
        ...(type === undefined ? {} : { data_type: type }),
      },
    ],
  })
}

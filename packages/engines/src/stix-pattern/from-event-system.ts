import type { EventFields } from './event-fields.ts'
import type { ObjectGraph } from './object-graph.ts'

/** ECS fields of one file. Made once: a name that is put together for every event costs more than all else. */
export interface FileNames {
  readonly path: string
  readonly name: string
  readonly directory: string
  readonly size: string
  readonly mimeType: string
  /** ECS field → name of the algorithm in STIX. */
  readonly hashes: readonly (readonly [field: string, algorithm: string])[]
}

const ALGORITHMS: readonly (readonly [string, string])[] = [
  ['md5', 'MD5'],
  ['sha1', 'SHA-1'],
  ['sha256', 'SHA-256'],
  ['sha512', 'SHA-512'],
  ['ssdeep', 'SSDEEP'],
  ['tlsh', 'TLSH'],
]

/** @param path the last part of the field that holds the path */
export const fileNames = (prefix: string, path = 'path'): FileNames => ({
  path: `${prefix}.${path}`,
  name: `${prefix}.name`,
  directory: `${prefix}.directory`,
  size: `${prefix}.size`,
  mimeType: `${prefix}.mime_type`,
  hashes: ALGORITHMS.map(([ecs, algorithm]) => [`${prefix}.hash.${ecs}`, algorithm]),
})

const processNames = (prefix: string) => ({
  image: fileNames(prefix, 'executable'),
  pid: `${prefix}.pid`,
  name: `${prefix}.name`,
  commandLine: `${prefix}.command_line`,
  workingDirectory: `${prefix}.working_directory`,
  start: `${prefix}.start`,
  args: `${prefix}.args`,
  integrity: `${prefix}.integrity_level`,
})
type ProcessNames = ReturnType<typeof processNames>

const ownNames = processNames('process')
const parentNames = processNames('process.parent')

/** The process of an event and its parent. */
export function addProcesses(
  graph: ObjectGraph,
  fields: EventFields,
  { account, traffic }: { readonly account: string | undefined; readonly traffic: string | undefined },
): void {
  const parent = addProcess(graph, fields, parentNames, {})
  addProcess(graph, fields, ownNames, {
    creator_user_ref: account,
    parent_ref: parent,
    opened_connection_refs: traffic === undefined ? undefined : [traffic],
  })
}

function addProcess(
  graph: ObjectGraph,
  fields: EventFields,
  names: ProcessNames,
  references: Readonly<Record<string, string | readonly string[] | undefined>>,
): string | undefined {
  const image = addFile(graph, fields, names.image)
  const pid = fields.number(names.pid)
  const commandLine = fields.text(names.commandLine)
  if (image === undefined && pid === undefined && commandLine === undefined) return undefined
  const integrity = fields.text(names.integrity)
  return graph.add('process', {
    pid,
    // Of STIX 2.0; 2.1 has it in the file that `image_ref` names.
    name: fields.text(names.name),
    command_line: commandLine,
    cwd: fields.text(names.workingDirectory),
    created_time: fields.text(names.start),
    arguments: fields.texts(names.args),
    image_ref: image,
    binary_ref: image,
    ...references,
    ...(integrity === undefined
      ? {}
      : { extensions: { 'windows-process-ext': { integrity_level: integrity.toLowerCase() } } }),
  })
}

export function addFile(graph: ObjectGraph, fields: EventFields, names: FileNames): string | undefined {
  const full = fields.text(names.path)
  const cut = full === undefined ? -1 : Math.max(full.lastIndexOf('\\'), full.lastIndexOf('/'))
  let hashes: Record<string, string> | undefined
  for (const [field, algorithm] of names.hashes) {
    const hash = fields.text(field)
    if (hash === undefined) continue
    hashes ??= {}
    hashes[algorithm] = algorithm === 'SSDEEP' ? hash : hash.toLowerCase()
  }
  const own = full === undefined ? fields.text(names.name) : full.slice(cut + 1)
  if (own === undefined && hashes === undefined) return undefined
  const directory = full === undefined || cut <= 0 ? fields.text(names.directory) : full.slice(0, cut)
  return graph.add('file', {
    name: own,
    parent_directory_ref: directory === undefined ? undefined : graph.add('directory', { path: directory }),
    size: fields.number(names.size),
    mime_type: fields.text(names.mimeType),
    hashes,
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

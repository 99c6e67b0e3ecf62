import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import type { ChangeList } from './change.ts'

type Names = Readonly<Record<string, string>>

const diskTimes: Names = { created: 'ctime', modified: 'mtime', accessed: 'atime' }

/** Properties that 2.1 calls otherwise, and those it does not know any more, which are kept as custom ones. @source STIX 2.1 appendix D */
export const renamedInObservables: Readonly<Record<string, Names>> = {
  directory: diskTimes,
  file: {
    ...diskTimes,
    is_encrypted: 'x_is_encrypted',
    encryption_algorithm: 'x_encryption_algorithm',
    decryption_key: 'x_decryption_key',
  },
  process: { created: 'created_time', binary_ref: 'image_ref', name: 'x_name', arguments: 'x_arguments' },
  'user-account': { password_last_changed: 'credential_last_changed' },
  'windows-registry-key': { modified: 'modified_time' },
}

const renamedInExtensions: Readonly<Record<string, Names>> = {
  'archive-ext': { version: 'x_version' },
  'raster-image-ext': { image_compression_algorithm: 'x_image_compression_algorithm' },
  'socket-ext': { protocol_family: 'x_protocol_family' },
}

const renamedHashes: Names = { ssdeep: 'SSDEEP' }
const HASHES: readonly string[] = ['hashes', 'file_header_hashes']

/** Names as 2.1 has them; references and ids are not touched. `path` leads to the observable within its object. */
export function renameInObservable(object: StixObject, path: string, changes: ChangeList): StixObject {
  const type = String(object.type)
  const names = Object.hasOwn(renamedInObservables, type) ? renamedInObservables[type]! : {}
  return rename(object, names, path, changes)
}

function rename(object: StixObject, names: Names, path: string, changes: ChangeList): StixObject {
  // As entries: a property may be named __proto__.
  const renamed: [string, StixValue][] = []
  for (const [name, value] of Object.entries(object)) {
    const to = Object.hasOwn(names, name) ? names[name]! : name
    if (to !== name) {
      const why = to.startsWith('x_') ? 'STIX 2.1 does not know it; kept as a custom property' : 'STIX 2.1 calls it so'
      changes.add('renamed', `${path}.${name}`, why, to)
    }
    renamed.push([to, renameWithin(name, value, `${path}.${to}`, changes)])
  }
  return Object.fromEntries(renamed)
}

function renameWithin(name: string, value: StixValue, path: string, changes: ChangeList): StixValue {
  if (Array.isArray(value))
    return value.map((one, i) => (isObject(one) ? rename(one, {}, `${path}[${i}]`, changes) : one))
  if (!isObject(value)) return value
  if (HASHES.includes(name)) return rename(value, renamedHashes, path, changes)
  if (name !== 'extensions') return name === 'optional_header' ? rename(value, {}, path, changes) : value
  return Object.fromEntries(
    Object.entries(value).map(([key, extension]) => [
      key,
      isObject(extension)
        ? rename(
            extension,
            Object.hasOwn(renamedInExtensions, key) ? renamedInExtensions[key]! : {},
            `${path}.${key}`,
            changes,
          )
        : extension,
    ]),
  )
}

const isObject = (value: StixValue): value is StixObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

import { hashNames } from './attribute-rules.ts'
import { type ObjectRule, type RelationRow, relationsOf } from './object-rule.ts'

const rule = (root: string, metaCategory: string, rows: readonly RelationRow[]): ObjectRule => ({
  metaCategory,
  root,
  relations: relationsOf(root, rows),
})

/** Two names of MISP that STIX has one name for are left to the first. */
const hashes: readonly RelationRow[] = hashNames
  .filter(({ misp }) => !misp.includes('/'))
  .map(({ misp, stix }) => [misp, misp, `hashes.'${stix}'`])
const someHashes = (...names: readonly string[]) => hashes.filter(([relation]) => names.includes(relation))

const fileTimes: readonly RelationRow[] = [
  ['creation-time', 'datetime', 'ctime', 'time'],
  ['modification-time', 'datetime', 'mtime', 'time'],
  ['access-time', 'datetime', 'atime', 'time'],
]

export const fileRules: Readonly<Record<string, ObjectRule>> = {
  file: rule('file', 'file', [
    ['filename', 'filename', 'name'],
    ...hashes,
    ['size-in-bytes', 'size-in-bytes', 'size', 'integer'],
    ['mimetype', 'mime-type', 'mime_type'],
    ['file-encoding', 'text', 'name_enc'],
    ['path', 'text', 'parent_directory_ref.path'],
    ...fileTimes,
  ]),
  lnk: rule('file', 'file', [
    ['filename', 'filename', 'name'],
    ...hashes,
    ['size-in-bytes', 'size-in-bytes', 'size', 'integer'],
    ['path', 'text', 'parent_directory_ref.path'],
    ['lnk-creation-time', 'datetime', 'ctime', 'time'],
    ['lnk-modification-time', 'datetime', 'mtime', 'time'],
    ['lnk-access-time', 'datetime', 'atime', 'time'],
  ]),
  hashlookup: rule('file', 'file', [
    ['FileName', 'filename', 'name'],
    ['FileSize', 'size-in-bytes', 'size', 'integer'],
    ['MD5', 'md5', 'hashes.MD5'],
    ['SHA-1', 'sha1', "hashes.'SHA-1'"],
    ['SHA-256', 'sha256', "hashes.'SHA-256'"],
    ['SSDEEP', 'ssdeep', 'hashes.SSDEEP'],
    ['TLSH', 'tlsh', 'hashes.TLSH'],
  ]),
  image: rule('file', 'file', [['filename', 'filename', 'name']]),
  artifact: rule('artifact', 'file', [
    ['mime_type', 'mime-type', 'mime_type'],
    ['payload_bin', 'text', 'payload_bin'],
    ['url', 'url', 'url'],
    ...someHashes('md5', 'sha1', 'sha256', 'sha512', 'sha3-256', 'sha3-512', 'ssdeep', 'tlsh'),
    ['encryption_algorithm', 'text', 'encryption_algorithm'],
    ['decryption_key', 'text', 'decryption_key'],
  ]),
  directory: rule('directory', 'file', [['path', 'text', 'path'], ['path-encoding', 'text', 'path_enc'], ...fileTimes]),
  mutex: rule('mutex', 'misc', [['name', 'mutex', 'name']]),
  process: rule('process', 'misc', [
    ['pid', 'text', 'pid', 'integer'],
    ['command-line', 'text', 'command_line'],
    ['creation-time', 'datetime', 'created_time', 'time'],
    ['current-directory', 'text', 'cwd'],
    ['hidden', 'boolean', 'is_hidden', 'boolean'],
    ['image', 'filename', 'image_ref.name'],
    ['parent-pid', 'text', 'parent_ref.pid', 'integer'],
    ['parent-command-line', 'text', 'parent_ref.command_line'],
    ['parent-image', 'filename', 'parent_ref.image_ref.name'],
    ['parent-process-name', 'text', 'parent_ref.x_misp_process_name'],
    ['child-pid', 'text', 'child_refs[*].pid', 'integer'],
  ]),
  'registry-key': rule('windows-registry-key', 'file', [
    ['key', 'regkey', 'key', 'registry-key'],
    ['name', 'text', 'values[0].name'],
    ['data', 'text', 'values[0].data'],
    ['data-type', 'text', 'values[0].data_type'],
    ['last-modified', 'datetime', 'modified_time', 'time'],
  ]),
  'registry-key-value': rule('windows-registry-key', 'file', [
    ['name', 'text', 'values[0].name'],
    ['data', 'text', 'values[0].data'],
    ['data-type', 'text', 'values[0].data_type'],
  ]),
  'android-app': rule('software', 'file', [['name', 'text', 'name']]),
  'cpe-asset': rule('software', 'misc', [
    ['product', 'text', 'name'],
    ['cpe', 'cpe', 'cpe'],
    ['language', 'text', 'languages[*]', 'lower'],
    ['vendor', 'text', 'vendor'],
    ['version', 'text', 'version'],
  ]),
}

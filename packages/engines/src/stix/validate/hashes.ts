import { vocabularies } from '../definitions/vocabularies.ts'
import { shown } from './issue.ts'
import { isObject, type Judge, join, wrongKind } from './walk.ts'

const KEY = /^[a-zA-Z0-9_-]{3,250}$/
const LONG_KEY = 30

const hex = (digits: number): RegExp => new RegExp(`^[a-fA-F0-9]{${digits}}$`)

/** Forms of the hashes whose form is known. @source STIX 2.1 section 10.6 */
const forms: Readonly<Record<string, RegExp>> = {
  MD5: hex(32),
  'SHA-1': hex(40),
  'SHA-256': hex(64),
  'SHA-512': hex(128),
  'SHA3-256': hex(64),
  'SHA3-512': hex(128),
  SSDEEP: /^[a-zA-Z0-9/+:.]{1,128}$/,
  TLSH: /^(?:T1)?[a-zA-Z0-9]{70}$/,
}

export const judgeHashes: Judge<'hashes'> = (value, { listed }, path, walk) => {
  if (!isObject(value)) return wrongKind(value, 'a dictionary of hashes', path, walk)
  const { issues, prefix } = walk
  const entries = Object.entries(value)
  if (entries.length === 0) issues.error('STIX_EMPTY', prefix + path, 'it holds no hash', 'take the property out')
  const names: readonly string[] = vocabularies['hash-algorithm-ov']
  for (const [name, hash] of entries) {
    const at = join(path, name)
    if (!KEY.test(name))
      issues.error('STIX_BAD_NAME', prefix + at, `${shown(name)} is no name of a hash`, 'write MD5, SHA-1, SHA-256 …')
    else if (!names.includes(name)) {
      const remedy = `use ${names.join(', ')}`
      if (listed) issues.error('STIX_NOT_LISTED', prefix + at, `${shown(name)} is no hash of the list`, remedy)
      else if (!name.startsWith('x_'))
        issues.warning('hash-algo', prefix + at, `${shown(name)} is not in hash-algorithm-ov`, remedy)
    }
    if (name.length > LONG_KEY)
      issues.warning('hash-length', prefix + at, `the name is longer than ${LONG_KEY} characters`, 'shorten it')
    if (typeof hash !== 'string') wrongKind(hash, 'a text', at, walk)
    else if (Object.hasOwn(forms, name) && !forms[name]!.test(hash))
      issues.error('STIX_BAD_HASH', prefix + at, `${shown(hash)} is no ${name}`, 'write the whole hash')
  }
}

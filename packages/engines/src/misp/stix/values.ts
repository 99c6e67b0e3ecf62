import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import type { ValueRule } from './attribute-rules.ts'
import type { ValueForm } from './object-rule.ts'

type Form = ValueForm | NonNullable<ValueRule['as']> | undefined

/** The value as STIX has it; undefined when it is none of its form. */
export function toStixValue(form: Form, text: string): StixValue | undefined {
  switch (form) {
    case undefined:
      return text
    case 'integer':
      return /^[+-]?\d{1,15}$/.test(text.trim()) ? Number(text) : undefined
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'boolean':
      return /^(?:true|1|yes)$/i.test(text) ? true : /^(?:false|0|no)$/i.test(text) ? false : undefined
    case 'as-number':
      return /^(?:AS)?\d{1,10}$/i.test(text.trim()) ? Number(text.trim().replace(/^AS/i, '')) : undefined
    case 'time':
      return stixTime(text)
    case 'lower':
      return text.toLowerCase()
    case 'mac':
      return text.toLowerCase()
    case 'registry-key':
      return withWholeHive(text)
  }
}

const hives: Readonly<Record<string, string>> = {
  hklm: 'HKEY_LOCAL_MACHINE',
  hkcu: 'HKEY_CURRENT_USER',
  hku: 'HKEY_USERS',
  hkcr: 'HKEY_CLASSES_ROOT',
  hkcc: 'HKEY_CURRENT_CONFIG',
}

/** @source STIX 2.1 section 6.17: the hive must be written in full */
function withWholeHive(key: string): string {
  const [, hive = '', rest = ''] = /^(HK[A-Z]{1,2})(\\.*)?$/is.exec(key) ?? []
  const whole = hives[hive.toLowerCase()]
  return whole === undefined ? key : `${whole}${rest}`
}

/** The value as MISP has it; undefined when it is no single value. */
export function toMispValue(form: Form, value: StixValue): string | undefined {
  if (value === null || typeof value === 'object') return undefined
  const text = String(value)
  if (form === 'as-number' && /^\d+$/.test(text)) return `AS${text}`
  if (form === 'boolean' && typeof value === 'boolean') return value ? 'True' : 'False'
  return text
}

/** `2020-10-25T16:22:00Z` of any time that can be read, with as many digits of seconds as it has, 3 or 6. */
export function stixTime(text: string): string | undefined {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) return undefined
  const fraction = /\.(\d+)/.exec(text)?.[1]?.replace(/0+$/, '') ?? ''
  const whole = new Date(ms).toISOString().slice(0, 19)
  if (fraction === '') return `${whole}Z`
  return `${whole}.${fraction.slice(0, 6).padEnd(fraction.length > 3 ? 6 : 3, '0')}Z`
}

const latestSeconds = 253_402_300_799

/** Time of a version, always with milliseconds. */
export const versionTime = (seconds: number): string =>
  new Date(Math.min(Math.max(0, seconds), latestSeconds) * 1000).toISOString()
export const plainTime = (seconds: number): string => versionTime(seconds).replace('.000Z', 'Z')

/** Seconds since 1970, rounded down; undefined when it is no time. */
export function secondsOf(time: StixValue | undefined): number | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000)
}

/** As MISP writes when something was seen: `2020-10-25T16:22:00+00:00`. */
export const mispTime = (time: string): string => time.replace(/Z$/, '+00:00')

export const textOf = (value: StixValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined
export const listOf = (value: StixValue | undefined): readonly StixValue[] => (Array.isArray(value) ? value : [])
export const textsOf = (value: StixValue | undefined): string[] =>
  listOf(value).filter((one): one is string => typeof one === 'string')
export const isObject = (value: StixValue | undefined): value is StixObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const typeOf = (object: StixObject): string => textOf(object.type) ?? ''
export const idOf = (object: StixObject): string => textOf(object.id) ?? ''
/** What stands behind the type in an id. */
export const uuidOf = (id: string): string => id.slice(id.indexOf('--') + 2)

/** An object that may not be there, for `flatMap`: objects of STIX are lists to the type checker too. */
export const present = (object: StixObject | undefined): StixObject[] => (object === undefined ? [] : [object])

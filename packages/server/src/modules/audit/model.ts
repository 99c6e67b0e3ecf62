import type { ObjectRef } from '@watchfloor/contracts/kernel'

/** What a service says about a change, besides who did it and when. */
export interface AuditEntry {
  /** `area.verb`, e.g. `alerts.close`. */
  readonly action: string
  readonly object: ObjectRef
  /** State as far as it changed: anything that `JSON.stringify` takes. Secrets in it are masked, large values cut. */
  readonly before?: unknown
  readonly after?: unknown
  readonly reason?: string
  /** How many objects a bulk act touched; one record stands for all of them. */
  readonly count?: number
}

const maxStateCharacters = 32_768
const keptOfLargeState = 2000
const masked = '•••'

/** Names whose texts are never written, whatever they hold. */
const secretName =
  /password|passphrase|secret|credential|authorization|cookie|token|api-?_?key|private-?_?key|recoverycode/i
/** The same words in names of things that are no secrets: `apiKeyId`, `tokenType`, `secretName`. */
const harmlessName = /(id|ids|name|type|kind|count|at|prefix)$/i

/** Texts that are secrets wherever they stand. */
const secretTexts: readonly [RegExp, string][] = [
  [/\bwf_([a-z0-9]+)_[a-z0-9]{16,}/g, `wf_$1_${masked}`],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, masked],
  [/\b(Bearer|Basic|ApiKey|Splunk)\s+[\w+/=.:-]{20,}/gi, `$1 ${masked}`],
  [/(:\/\/[^\s:@/]{1,200}:)[^\s@/]{1,500}@/g, `$1${masked}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, masked],
]

/** A text with every secret in it that can be recognised by its form replaced. */
export const maskText = (text: string): string =>
  secretTexts.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text)

const isSecretName = (name: string): boolean => secretName.test(name) && !harmlessName.test(name)

function maskValue(name: string, value: unknown): unknown {
  if (typeof value === 'string') return isSecretName(name) && value !== '' ? masked : maskText(value)
  if (typeof value === 'object' && value !== null && isSecretName(name)) return masked
  return value
}

/** State as JSON text without secrets, bounded; null when there is none. */
export function stateText(state: unknown): string | null {
  if (state === undefined || state === null) return null
  const text = JSON.stringify(state, maskValue)
  if (text === undefined) return null
  if (text.length <= maxStateCharacters) return text
  return JSON.stringify({ cut: true, characters: text.length, beginning: text.slice(0, keptOfLargeState) })
}

/** Text for a column: bounded, masked, without U+0000, which PostgreSQL refuses. */
export function columnText(text: string | undefined, maxCharacters: number): string | null {
  if (text === undefined) return null
  return maskText(text.replaceAll('\u0000', '\uFFFD').slice(0, maxCharacters).toWellFormed())
}

import { type IndicatorType, indicatorType } from '@watchfloor/contracts/intel'
import { splitCsvRow } from '../logs/framing/csv.ts'
import { type CanonicalIndicator, canonicalIndicator } from './canonical/canonical.ts'
import { readIndicator } from './canonical/guess.ts'

export type ListFormat = 'text' | 'csv' | 'ndjson'

/** What a line says beside its value; as it stands there, unchecked. */
export interface ListedFacts {
  readonly confidence?: string
  readonly tlp?: string
  readonly labels?: readonly string[]
  readonly description?: string
  readonly validFrom?: string
  readonly validUntil?: string
}

export type ListedLine =
  | (CanonicalIndicator & { readonly line: number; readonly facts: ListedFacts })
  | { readonly line: number; readonly problem: string }

/** A line longer than this is not read. */
const maxLineLength = 20_000

const noFacts: ListedFacts = {}

const typeNames: Readonly<Record<string, IndicatorType>> = {
  ip: 'ipv4',
  'ip-src': 'ipv4',
  'ip-dst': 'ipv4',
  'ip-address': 'ipv4',
  'ipv4-addr': 'ipv4',
  'ipv6-addr': 'ipv6',
  network: 'cidr',
  subnet: 'cidr',
  hostname: 'domain',
  host: 'domain',
  'domain-name': 'domain',
  fqdn: 'domain',
  uri: 'url',
  link: 'url',
  'email-src': 'email',
  'email-dst': 'email',
  'email-addr': 'email',
  'email-address': 'email',
  mail: 'email',
  filename: 'file-name',
  file: 'file-name',
  'file-path': 'file-name',
  'sha-1': 'sha1',
  'sha-256': 'sha256',
  'ja3-fingerprint-md5': 'ja3',
  useragent: 'user-agent',
  regkey: 'registry-key',
  registry: 'registry-key',
}

/** Columns and keys by what they hold. */
const factNames: Readonly<Record<string, keyof ListedFacts | 'value' | 'type'>> = {
  value: 'value',
  indicator: 'value',
  ioc: 'value',
  ioc_value: 'value',
  observable: 'value',
  ip: 'value',
  domain: 'value',
  url: 'value',
  hash: 'value',
  md5: 'value',
  sha1: 'value',
  sha256: 'value',
  type: 'type',
  ioc_type: 'type',
  indicator_type: 'type',
  confidence: 'confidence',
  confidence_level: 'confidence',
  tlp: 'tlp',
  labels: 'labels',
  tags: 'labels',
  description: 'description',
  comment: 'description',
  valid_from: 'validFrom',
  validfrom: 'validFrom',
  valid_until: 'validUntil',
  validuntil: 'validUntil',
  expires: 'validUntil',
  expiration: 'validUntil',
}

const nameOf = (text: string) =>
  factNames[
    text
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_')
  ]

/**
 * Reads lists of indicators line by line: plain values (comments, hosts files, `value<TAB>more`, `value;comment`), CSV with a header, one JSON
 * object a line. The format shows in the first line that is no comment, unless it is given.
 */
export class IndicatorListReader {
  #format: ListFormat | undefined
  readonly #type: IndicatorType | undefined
  #columns: readonly (ReturnType<typeof nameOf> | undefined)[] | undefined
  #delimiter = ','

  constructor(options: { readonly format?: ListFormat; readonly type?: IndicatorType }) {
    this.#format = options.format
    this.#type = options.type
  }

  /** @returns undefined for what holds no value: blank lines, comments, the header */
  read(text: string, line: number): ListedLine | undefined {
    const trimmed = text.replace(/^\uFEFF/, '').trim()
    if (trimmed === '' || /^(?:#|;|\/\/)/.test(trimmed)) return undefined
    if (trimmed.length > maxLineLength) return { line, problem: `the line has more than ${maxLineLength} characters` }
    this.#format ??= formatOf(trimmed)
    if (this.#format === 'ndjson') return this.#json(trimmed, line)
    if (this.#format === 'csv') {
      if (this.#columns) return this.#row(trimmed, line)
      if (this.#header(trimmed)) return undefined
      this.#format = 'text'
    }
    return this.#plain(trimmed, line)
  }

  #header(text: string): boolean {
    this.#delimiter = delimiterOf(text)
    const columns = splitCsvRow(text, this.#delimiter).map(nameOf)
    if (!columns.includes('value')) return false
    this.#columns = columns
    return true
  }

  #row(text: string, line: number): ListedLine {
    const cells = splitCsvRow(text, this.#delimiter)
    const named: Record<string, string> = {}
    for (const [at, name] of (this.#columns ?? []).entries()) {
      const cell = cells[at]?.trim()
      if (name && cell && !(name in named)) named[name] = cell
    }
    const { value, type, labels, ...facts } = named
    return this.#line(line, value, type, labels === undefined ? facts : { ...facts, labels: labelsOf(labels) })
  }

  #json(text: string, line: number): ListedLine {
    const object = parseObject(text)
    if (!object) return { line, problem: 'is no JSON object' }
    const named: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(object)) {
      const name = nameOf(key)
      if (name && !(name in named)) named[name] = value
    }
    const { labels, ...rest } = named
    const texts = Object.fromEntries(
      Object.entries(rest).flatMap(([name, value]) =>
        typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
      ),
    )
    const { value, type, ...facts } = texts
    return this.#line(line, value, type, labels === undefined ? facts : { ...facts, labels: labelsOf(labels) })
  }

  #plain(text: string, line: number): ListedLine {
    if (this.#type === 'user-agent') return this.#line(line, text, undefined, noFacts)
    const value = text.replace(/\s+(?:#|\/\/).*$/, '')
    const spaced = this.#type === 'registry-key' || this.#type === 'file-name' ? value : firstWord(value)
    return this.#line(line, spaced, undefined, noFacts)
  }

  #line(line: number, value: string | undefined, typeName: string | undefined, facts: ListedFacts): ListedLine {
    if (value === undefined) return { line, problem: 'holds no value' }
    const type = this.#type ?? (typeName === undefined ? undefined : typeOf(typeName))
    if (typeName !== undefined && !type && !/^(?:hash|ioc|indicator|unknown|other)$/i.test(typeName))
      return { line, problem: `"${typeName.slice(0, 40)}" is no type of indicator known here` }
    const read = type ? canonicalIndicator(type, value) : readIndicator(value)
    return 'problem' in read ? { line, problem: read.problem } : { line, ...read, facts }
  }
}

function typeOf(name: string): IndicatorType | undefined {
  const key = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
  const known = indicatorType.safeParse(key)
  return known.success ? known.data : typeNames[key]
}

function formatOf(line: string): ListFormat {
  if (line.startsWith('{')) return 'ndjson'
  const cells = splitCsvRow(line, delimiterOf(line))
  return cells.length > 1 && cells.some((cell) => nameOf(cell) === 'value') ? 'csv' : 'text'
}

const delimiterOf = (line: string): string => ['\t', ';', ','].find((one) => line.includes(one)) ?? ','

/** Of `value<TAB>times seen`, `value;comment`, and of a hosts file's `0.0.0.0 name` the name. */
function firstWord(text: string): string {
  const words = text.split(/[\t;, ]+/, 2)
  const [first, second] = words
  return (first === '0.0.0.0' || first === '127.0.0.1') && second ? second : (first ?? '')
}

const labelsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : String(value).split(/[,;|]/))
    .map((label) => label.trim())
    .filter((label) => label !== '')

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

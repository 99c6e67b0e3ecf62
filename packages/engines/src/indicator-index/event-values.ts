import type { Fields, FieldValue } from '../event/index.ts'
import { emailAddressOf } from './canonical/canonical.ts'
import { hostNameOf } from './canonical/domain.ts'
import { ipWordsOf } from './canonical/ip.ts'
import { filePathOf, registryPathOf } from './canonical/path.ts'
import { canonicalUrl } from './canonical/url.ts'
import type { IndicatorIndex, IndicatorMatch } from './indicator-index.ts'

/** What an ECS field's values are looked up as. */
type ValueKind = 'any' | 'host' | 'url' | 'email' | 'file' | 'digest' | 'ja3' | 'ja4' | 'user-agent' | 'registry'

const fieldsByKind: Readonly<Record<Exclude<ValueKind, 'any'>, readonly string[]>> = {
  host: [
    'source.ip',
    'source.address',
    'source.domain',
    'source.nat.ip',
    'destination.ip',
    'destination.address',
    'destination.domain',
    'destination.nat.ip',
    'client.ip',
    'client.address',
    'client.domain',
    'server.ip',
    'server.address',
    'server.domain',
    'host.ip',
    'network.forwarded_ip',
    'dns.question.name',
    'dns.answers.name',
    'dns.answers.data',
    'dns.resolved_ip',
    'url.domain',
    'tls.client.server_name',
    'tls.sni',
    'related.ip',
    'related.hosts',
    'threat.indicator.ip',
  ],
  url: ['url.full', 'url.original', 'http.request.referrer'],
  email: [
    'email.from.address',
    'email.sender.address',
    'email.reply_to.address',
    'email.to.address',
    'email.cc.address',
    'email.bcc.address',
    'user.email',
    'source.user.email',
  ],
  file: [
    'file.path',
    'file.name',
    'file.target_path',
    'process.executable',
    'process.name',
    'process.parent.executable',
    'process.parent.name',
    'process.pe.original_file_name',
    'dll.path',
    'dll.name',
    'email.attachments.file.name',
  ],
  digest: [
    ...['file', 'process', 'process.parent', 'dll', 'email.attachments.file'].flatMap((owner) =>
      ['md5', 'sha1', 'sha256'].map((digest) => `${owner}.hash.${digest}`),
    ),
    'related.hash',
  ],
  ja3: ['tls.client.ja3', 'tls.server.ja3s'],
  ja4: ['tls.client.ja4', 'tls.server.ja4s'],
  'user-agent': ['user_agent.original'],
  registry: ['registry.path', 'registry.key'],
}

const unmappedPrefix = 'json.'

const kindByField: ReadonlyMap<string, ValueKind> = new Map(
  Object.entries(fieldsByKind).flatMap(([kind, fields]) =>
    fields.flatMap((field) => [
      [field, kind as ValueKind] as const,
      [`${unmappedPrefix}${field}`, kind as ValueKind] as const,
    ]),
  ),
)

/** Fields that the parser of JSON of no known kind gives names to: what they hold shows in their values alone. */
const kindOf = (field: string): ValueKind | undefined =>
  kindByField.get(field) ?? (field.startsWith(unmappedPrefix) ? 'any' : undefined)

/** Fields of an event whose values are looked up, for those who look for indicators in stored events. */
export const indicatorFields: readonly string[] = Object.values(fieldsByKind).flat()

/** Values of one event that are looked up, and matches that it may have: an event is no place to make us work without end. */
const maxValues = 512
const maxHits = 100
const maxValueLength = 4096

/** A value of an event that is listed. */
export interface IndicatorHit extends IndicatorMatch {
  readonly field: string
  /** As the event has it. */
  readonly value: string
}

/**
 * Everything of an event that any of the indexes lists, each row once, with the field in which it was seen first.
 * @param nowMinute minute since 1970; what has ended by then does not match
 */
export function matchIndicators(indexes: readonly IndicatorIndex[], ecs: Fields, nowMinute: number): IndicatorHit[] {
  if (indexes.length === 0) return []
  const search = new EventSearch(indexes, nowMinute)
  for (const field in ecs) {
    const kind = kindOf(field)
    if (kind !== undefined) search.look(field, kind, ecs[field])
  }
  search.lookAtSplitUrl(ecs)
  return search.hits
}

class EventSearch {
  readonly hits: IndicatorHit[] = []
  readonly #indexes: readonly IndicatorIndex[]
  readonly #nowMinute: number
  #values = 0

  constructor(indexes: readonly IndicatorIndex[], nowMinute: number) {
    this.#indexes = indexes
    this.#nowMinute = nowMinute
  }

  look(field: string, kind: ValueKind, value: FieldValue | undefined): void {
    if (typeof value === 'string') {
      if (value === '' || this.#values >= maxValues) return
      this.#values++
      this.#lookUp(field, kind, value.length > maxValueLength ? value.slice(0, maxValueLength) : value)
    } else if (Array.isArray(value)) {
      for (const one of value) {
        if (this.#values >= maxValues) return
        this.look(field, kind, one)
      }
    }
  }

  /** Web servers and sensors write the host and what was asked of it apart. */
  lookAtSplitUrl(ecs: Fields): void {
    if (!this.#listed('url') || typeof ecs['url.full'] === 'string') return
    const host = ecs['url.domain'] ?? ecs['destination.domain']
    const path = ecs['url.path'] ?? ecs['url.original']
    if (typeof host !== 'string' || typeof path !== 'string' || !path.startsWith('/')) return
    const query = ecs['url.query']
    const asked = typeof query === 'string' && query !== '' && !path.includes('?') ? `${path}?${query}` : path
    this.#url('url.path', `http://${host}${asked}`.slice(0, maxValueLength))
  }

  #lookUp(field: string, kind: ValueKind, value: string): void {
    const now = this.#nowMinute
    switch (kind) {
      case 'any':
        if (value.includes('://')) this.#url(field, value)
        else if (value.length >= 32 && value.length <= 64 && !value.includes('.')) this.#digest(field, value)
        else this.#host(field, value, value)
        break
      case 'host':
        this.#host(field, value, value)
        break
      case 'url':
        if (value.includes('://')) this.#url(field, value)
        break
      case 'email':
        this.#email(field, value)
        break
      case 'file': {
        const path = this.#listed('file-name') ? filePathOf(value) : undefined
        if (path) this.#each(field, value, (index, found) => index.filePath(path, now, found))
        break
      }
      case 'registry': {
        const path = this.#listed('registry-key') ? registryPathOf(value) : undefined
        if (path) this.#each(field, value, (index, found) => index.registry(path, now, found))
        break
      }
      case 'digest':
        this.#digest(field, value)
        break
      case 'ja3':
        this.#each(field, value, (index, found) => index.digest('ja3', value.toLowerCase(), now, found))
        break
      case 'ja4':
        this.#each(field, value, (index, found) => index.exact('ja4', value.toLowerCase(), now, found))
        break
      case 'user-agent':
        this.#each(field, value, (index, found) => index.exact('user-agent', value.trim(), now, found))
        break
    }
  }

  #host(field: string, value: string, host: string): void {
    const words = ipWordsOf(host)
    if (words) this.#each(field, value, (index, found) => index.ip(words, this.#nowMinute, found))
    if (words || !this.#listed('domain')) return
    const name = hostNameOf(host.replace(/:\d{1,5}$/, ''))
    if (name) this.#each(field, value, (index, found) => index.domain(name, this.#nowMinute, found))
  }

  #url(field: string, value: string): void {
    const url = canonicalUrl(value)
    if (!url) return
    this.#each(field, value, (index, found) => index.url(url.key, this.#nowMinute, found))
    this.#host(field, value, url.host)
  }

  #email(field: string, value: string): void {
    const address = emailAddressOf(value)
    if (!address) return
    this.#each(field, value, (index, found) => index.exact('email', address, this.#nowMinute, found))
    this.#host(field, value, address.slice(address.lastIndexOf('@') + 1))
  }

  #digest(field: string, value: string): void {
    const type = value.length === 64 ? 'sha256' : value.length === 32 ? 'md5' : value.length === 40 ? 'sha1' : undefined
    if (type)
      this.#each(field, value, (index, found) => index.digest(type, value.toLowerCase(), this.#nowMinute, found))
  }

  #listed(type: 'domain' | 'url' | 'file-name' | 'registry-key'): boolean {
    return this.#indexes.some((index) => index.has(type))
  }

  #each(field: string, value: string, look: (index: IndicatorIndex, found: IndicatorMatch[]) => void): void {
    for (const index of this.#indexes) {
      const found: IndicatorMatch[] = []
      look(index, found)
      for (const match of found)
        if (this.hits.length < maxHits && !this.hits.some((hit) => hit.row === match.row))
          this.hits.push({ ...match, field, value })
    }
  }
}

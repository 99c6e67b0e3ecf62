import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import type { Json } from '../../event/index.ts'
import { type DiagnosticSink, quoted } from '../diagnostics.ts'
import {
  type RuleLogSource,
  type SigmaHead,
  type SigmaLevel,
  type SigmaStatus,
  sigmaLevels,
  sigmaStatuses,
} from '../rule.ts'
import { didYouMean, nearest } from '../suggest.ts'
import type { YamlDocument } from '../yaml/documents.ts'

/** Attributes of the schema; `read` below turns each into its place in `SigmaHead`. */
const headNames = [
  'title', 'id', 'name', 'related', 'taxonomy', 'status', 'description', 'license', 'author', 'references', 'date',
  'modified', 'fields', 'falsepositives', 'level', 'tags', 'scope',
] as const // biome-ignore format: one glance
const relations = ['correlation', 'derived', 'obsolete', 'merged', 'renamed', 'similar'] as const
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const TAG = /^[a-z0-9_-]+(\.[a-z0-9._-]+)+$/
const MAX_TITLE_CHARS = 256
const MAX_DESCRIPTION_CHARS = 65_535

/** Reads the attributes of one document, reporting what is wrong with each. */
export class AttributeReader {
  readonly #doc: YamlDocument
  readonly #sink: DiagnosticSink
  readonly #entries: ReadonlyMap<string, { keyNode: unknown; value: unknown }>

  constructor(doc: YamlDocument, map: YAMLMap, sink: DiagnosticSink) {
    this.#doc = doc
    this.#sink = sink
    this.#entries = new Map(doc.entries(map).map(({ key, ...rest }) => [key, rest]))
  }

  /** @param body names of the attributes that are read elsewhere, e.g. `logsource`, `detection` */
  head(body: readonly string[]): SigmaHead {
    return {
      ...this.#doc.place,
      id: this.#id(),
      title: this.#title(),
      name: this.#text('name', MAX_TITLE_CHARS),
      description: this.#text('description', MAX_DESCRIPTION_CHARS),
      status: this.#oneOf<SigmaStatus>('status', sigmaStatuses, 'SIGMA_UNKNOWN_STATUS'),
      level: this.#oneOf<SigmaLevel>('level', sigmaLevels, 'SIGMA_UNKNOWN_LEVEL'),
      author: this.#text('author'),
      date: this.#date('date'),
      modified: this.#date('modified'),
      license: this.#text('license'),
      taxonomy: this.#text('taxonomy', MAX_TITLE_CHARS) ?? 'sigma',
      references: this.#list('references'),
      tags: this.#tags(),
      falsePositives: this.#list('falsepositives'),
      fields: this.#list('fields'),
      scope: this.#list('scope'),
      related: this.#related(),
      custom: this.#custom(body),
    }
  }

  logSource(): RuleLogSource {
    const entry = this.#entries.get('logsource')
    if (entry === undefined) {
      const remedy = 'add "logsource:" with category, product or service'
      this.#sink.error('SIGMA_MISSING_ATTRIBUTE', this.#doc.at(this.#doc.root), 'the rule names no log source', remedy)
      return { custom: {} }
    }
    if (!isMap(entry.value)) {
      this.#wrongType('logsource', entry, 'a map of category, product, service')
      return { custom: {} }
    }
    const source: Record<string, string> = {}
    const custom: Record<string, Json> = Object.create(null) as Record<string, Json>
    for (const { key, keyNode, value } of this.#doc.entries(entry.value)) {
      if (key === 'category' || key === 'product' || key === 'service' || key === 'definition') {
        const text = this.#scalarText(value)
        if (text === null) this.#wrongType(`logsource.${key}`, { keyNode }, 'a text')
        else if (text !== '') source[key] = text
        continue
      }
      const near = nearest(key, ['category', 'product', 'service', 'definition'])
      if (near !== undefined)
        this.#sink.warning(
          'SIGMA_UNKNOWN_ATTRIBUTE',
          this.#doc.at(keyNode),
          `unknown log source attribute ${quoted(key)}`,
          `did you mean "${near}"?`,
        )
      custom[key] = this.#json(value)
    }
    if (source.category === undefined && source.product === undefined && source.service === undefined)
      this.#sink.error(
        'SIGMA_EMPTY_LOGSOURCE',
        this.#doc.at(entry.keyNode),
        'the log source has neither category, product nor service',
        'name at least one, else the rule would run on every event',
      )
    return { ...source, custom }
  }

  #json(value: unknown): Json {
    try {
      return this.#doc.toJson(value)
    } catch {
      this.#sink.error(
        'SIGMA_YAML_ALIASES',
        this.#doc.at(value),
        'YAML aliases expand to too much',
        'write the values out',
      )
      return null
    }
  }

  #wrongType(name: string, entry: { keyNode: unknown }, wanted: string): void {
    this.#sink.error('SIGMA_WRONG_TYPE', this.#doc.at(entry.keyNode), `"${name}" must be ${wanted}`)
  }

  /** The text of a scalar; null for anything else. An empty value is the empty text. */
  #scalarText(value: unknown): string | null {
    if (value === null) return ''
    if (!isScalar(value)) return null
    return value.value === null
      ? ''
      : typeof value.value === 'string'
        ? value.value
        : String(value.source ?? value.value)
  }

  #text(name: string, maxChars?: number): string | null {
    const entry = this.#entries.get(name)
    if (entry === undefined) return null
    const text = this.#scalarText(entry.value)
    if (text === null) this.#wrongType(name, entry, 'a text')
    if (text === null || text === '') return null
    if (maxChars !== undefined && text.length > maxChars)
      this.#sink.warning('SIGMA_TOO_LONG', this.#doc.at(entry.value), `"${name}" is longer than ${maxChars} characters`)
    return text
  }

  #title(): string {
    const title = this.#text('title', MAX_TITLE_CHARS)
    if (title !== null) return title
    const at = this.#doc.at(this.#entries.get('title')?.keyNode ?? this.#doc.root)
    this.#sink.error('SIGMA_MISSING_ATTRIBUTE', at, 'the rule has no title', 'add "title:" with what it detects')
    return ''
  }

  #id(): string | null {
    const id = this.#text('id')
    if (id !== null && !UUID.test(id))
      this.#sink.warning(
        'SIGMA_BAD_ID',
        this.#doc.at(this.#entries.get('id')?.value),
        `the id ${quoted(id)} is not a UUID`,
        'a random UUID keeps rules of different authors apart',
      )
    return id
  }

  #date(name: 'date' | 'modified'): string | null {
    const text = this.#text(name)
    if (text === null) return null
    if (!DATE.test(text))
      this.#sink.warning(
        'SIGMA_BAD_DATE',
        this.#doc.at(this.#entries.get(name)?.value),
        `"${name}" ${quoted(text)} is not of the form YYYY-MM-DD`,
      )
    return text
  }

  #oneOf<T extends string>(
    name: string,
    known: readonly T[],
    code: 'SIGMA_UNKNOWN_STATUS' | 'SIGMA_UNKNOWN_LEVEL',
  ): T | null {
    const text = this.#text(name)
    if (text === null) return null
    const found = known.find((one) => one === text.toLowerCase())
    if (found === undefined || found !== text)
      this.#sink.warning(
        code,
        this.#doc.at(this.#entries.get(name)?.value),
        `unknown ${name} ${quoted(text)}`,
        didYouMean(text, known) ?? `known are ${known.join(', ')}`,
      )
    return found ?? null
  }

  /** A list of texts; one text alone counts as a list of one. */
  #list(name: string): string[] {
    const entry = this.#entries.get(name)
    if (entry === undefined || this.#scalarText(entry.value) === '') return []
    const alone = this.#scalarText(entry.value)
    if (alone !== null) {
      this.#sink.hint('SIGMA_WRONG_TYPE', this.#doc.at(entry.value), `"${name}" should be a list`)
      return [alone]
    }
    if (!isSeq(entry.value)) {
      this.#wrongType(name, entry, 'a list of texts')
      return []
    }
    const seen = new Set<string>()
    for (const item of entry.value.items) {
      const text = this.#scalarText(this.#doc.resolve(item))
      if (text === null) this.#sink.error('SIGMA_WRONG_TYPE', this.#doc.at(item), `"${name}" must hold texts only`)
      else if (seen.has(text))
        this.#sink.hint('SIGMA_DUPLICATE_ITEM', this.#doc.at(item), `"${name}" holds ${quoted(text)} twice`)
      else if (text !== '') seen.add(text)
    }
    return [...seen]
  }

  #tags(): string[] {
    const tags = this.#list('tags')
    for (const tag of tags)
      if (!TAG.test(tag))
        this.#sink.warning(
          'SIGMA_BAD_TAG',
          this.#doc.at(this.#entries.get('tags')?.value),
          `the tag ${quoted(tag)} is not of the form namespace.name in lower case`,
        )
    return tags
  }

  #related(): { id: string; type: string }[] {
    const entry = this.#entries.get('related')
    if (entry === undefined || this.#scalarText(entry.value) === '') return []
    if (!isSeq(entry.value)) {
      this.#wrongType('related', entry, 'a list of maps with id and type')
      return []
    }
    const related: { id: string; type: string }[] = []
    for (const item of entry.value.items) {
      const node = this.#doc.resolve(item)
      const of = isMap(node)
        ? new Map(this.#doc.entries(node).map(({ key, value }) => [key, this.#scalarText(value)]))
        : undefined
      const [id, type] = [of?.get('id'), of?.get('type')]
      if (!id || !type) {
        this.#sink.warning('SIGMA_WRONG_TYPE', this.#doc.at(item), '"related" must hold maps with id and type')
        continue
      }
      if (!relations.some((one) => one === type))
        this.#sink.warning(
          'SIGMA_UNKNOWN_RELATION',
          this.#doc.at(item),
          `unknown relation ${quoted(type)}`,
          didYouMean(type, relations) ?? `known are ${relations.join(', ')}`,
        )
      related.push({ id, type })
    }
    return related
  }

  #custom(body: readonly string[]): Record<string, Json> {
    const known = [...headNames, ...body]
    const custom: Record<string, Json> = Object.create(null) as Record<string, Json>
    for (const [name, entry] of this.#entries) {
      if (known.includes(name)) continue
      const near = nearest(name, known)
      // Any attribute is allowed; only one that looks mistyped and hides a missing attribute is worth a word.
      if (near !== undefined && !this.#entries.has(near))
        this.#sink.warning(
          'SIGMA_UNKNOWN_ATTRIBUTE',
          this.#doc.at(entry.keyNode),
          `unknown attribute ${quoted(name)}`,
          `did you mean "${near}"?`,
        )
      custom[name] = this.#json(entry.value)
    }
    return custom
  }
}

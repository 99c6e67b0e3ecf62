import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { didYouMean } from './diagnostics.ts'
import type { DocumentContext } from './parse.ts'
import { type SigmaHead, sigmaLevels, sigmaStatuses } from './rule.ts'

const known = new Set([
  'title',
  'id',
  'name',
  'related',
  'taxonomy',
  'status',
  'description',
  'license',
  'author',
  'references',
  'date',
  'modified',
  'logsource',
  'detection',
  'correlation',
  'filter',
  'fields',
  'falsepositives',
  'level',
  'tags',
  'scope',
  'generate',
  'action',
])
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const maxTitle = 256

/** The text of a scalar; numbers, booleans and dates as they are written. undefined for anything else. */
export function scalarText(node: unknown): string | undefined {
  if (typeof node === 'string') return node
  if (!isScalar(node) || node.value === null || node.value === undefined) return undefined
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}

/** Reads what every kind of document has, and says what is wrong with it. */
export function readHead(root: YAMLMap, context: DocumentContext): SigmaHead {
  const { diagnostics, where } = context
  const at = (key: string) => where(root.get(key, true) ?? root)
  const text = (key: string): string | null => {
    const node = root.get(key, true)
    const value = scalarText(node)
    if (node !== undefined && node !== null && value === undefined && !(isScalar(node) && node.value === null))
      diagnostics.warn('SIGMA_BAD_ATTRIBUTE', at(key), `\`${key}\` should be text`)
    return value ?? null
  }
  const list = (key: string): string[] => {
    const node = root.get(key, true)
    if (isSeq(node)) return node.items.flatMap((item) => scalarText(item) ?? [])
    const one = scalarText(node)
    return one === undefined ? [] : [one]
  }
  const choice = <Word extends string>(key: string, words: readonly Word[]): Word | null => {
    const value = text(key)?.toLowerCase()
    if (value === undefined) return null
    const found = words.find((word) => word === value)
    if (!found)
      diagnostics.error(
        'SIGMA_BAD_ATTRIBUTE',
        at(key),
        `"${value}" is no ${key}`,
        didYouMean(value, words) ?? `One of: ${words.join(', ')}.`,
      )
    return found ?? null
  }

  const title = text('title')
  if (!title?.trim()) diagnostics.error('SIGMA_TITLE_MISSING', at('title'), 'the rule has no title')
  else if (title.length > maxTitle)
    diagnostics.warn('SIGMA_LONG_TITLE', at('title'), `the title has more than ${maxTitle} characters`)
  const id = text('id')
  if (id !== null && !uuid.test(id))
    diagnostics.warn('SIGMA_BAD_ID', at('id'), `the id "${id}" is no UUID`, 'Make one with uuidgen.')

  const custom: Record<string, unknown> = {}
  for (const pair of root.items) {
    const key = scalarText(pair.key)
    if (key === undefined || known.has(key)) continue
    custom[key] = isMap(pair.value) || isSeq(pair.value) ? pair.value.toJSON() : (scalarText(pair.value) ?? null)
    const meant = didYouMean(key, known)
    if (meant) diagnostics.warn('SIGMA_UNKNOWN_ATTRIBUTE', where(pair.key), `"${key}" is no attribute of a rule`, meant)
  }
  return {
    id: id?.trim() || null,
    name: text('name'),
    title: title?.trim() ?? '',
    description: text('description'),
    status: choice('status', sigmaStatuses),
    level: choice('level', sigmaLevels),
    author: text('author'),
    date: text('date'),
    modified: text('modified'),
    license: text('license'),
    taxonomy: text('taxonomy') ?? 'sigma',
    tags: list('tags'),
    references: list('references'),
    falsePositives: list('falsepositives'),
    fields: list('fields'),
    scope: list('scope'),
    related: readRelated(root),
    custom,
    text: context.text,
    line: context.line,
  }
}

function readRelated(root: YAMLMap): { id: string; type: string }[] {
  const node = root.get('related', true)
  if (!isSeq(node)) return []
  return node.items.flatMap((item) => {
    if (!isMap(item)) return []
    const id = scalarText(item.get('id', true))
    const type = scalarText(item.get('type', true))
    return id && type ? [{ id, type }] : []
  })
}

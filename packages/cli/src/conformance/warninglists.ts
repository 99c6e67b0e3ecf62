import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { type IndicatorType, type MispWarningList, mispWarningList } from '@watchfloor/contracts/intel'
import { canonicalIndicator } from '@watchfloor/engines/indicator-index'
import { compileWarningLists, listAppliesTo, type OtherValue, WarningLists } from '@watchfloor/engines/warninglist'
import { networkEnds, outsideOf } from './network-ends.ts'
import type { Verdict } from './suite.ts'

const gunzip = promisify(zlib.gunzip)

async function readJson(file: string): Promise<unknown> {
  const bytes = await readFile(file)
  return JSON.parse((file.endsWith('.gz') ? await gunzip(bytes) : bytes).toString('utf8'))
}

/**
 * Each `list.json` of MISP's: that it reads; that every entry covers what it must (itself; of names all below them and URLs within; of networks
 * their ends and a network within) and not what it must not; and, last, that all lists together say the same.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  const files = (await readdir(folder, { recursive: true }))
    .filter((file) => /(^|[/\\])list\.json(\.gz)?$/.test(file))
    .sort()
  const all: MispWarningList[] = []
  for (const file of files) {
    const name = basename(dirname(file))
    const read = mispWarningList.safeParse(await readJson(join(folder, file)))
    if (!read.success) {
      yield { name, verdict: 'failed', reason: read.error.issues[0]?.message ?? 'does not read' }
      continue
    }
    all.push(read.data)
    yield { name, ...judge([read.data], 0, Number.POSITIVE_INFINITY) }
  }
  const entries = all.reduce((sum, { list }) => sum + list.length, 0)
  const together = compiled(all)
  for (const [place, list] of all.entries()) {
    const verdict = judgeWith(together.lists, list, place, 200)
    if (verdict.verdict === 'failed') yield { name: `${list.name}, among all`, ...verdict }
  }
  yield {
    name: 'all lists together',
    verdict: 'passed',
    reason: `${all.length} lists, ${entries} entries, ${Math.round(together.bytes / 1024)} KiB`,
  }
}

function compiled(lists: readonly MispWarningList[]) {
  const made = compileWarningLists(
    lists.map(({ type, list, matching_attributes }) => {
      const types = listAppliesTo(matching_attributes)
      return { type, appliesTo: types === 'none' ? [] : types, entries: list }
    }),
  )
  let bytes = 0
  for (const { keys, rows, directory, texts } of Object.values(made.index.tables))
    bytes += keys.byteLength + rows.byteLength + directory.byteLength + (texts?.bytes.byteLength ?? 0)
  return { lists: new WarningLists(made), bytes, unusable: made.unusable }
}

function judge(lists: readonly MispWarningList[], place: number, most: number): Omit<Verdict, 'name'> {
  const { lists: covering, unusable } = compiled(lists)
  const told = unusable.map(({ entry, problem }) => `"${entry}" ${problem}`).join(', ')
  const wrong = unusable.find(({ entry }) => isUsable(lists[place]!.type, entry))
  if (wrong) return { verdict: 'failed', reason: `"${wrong.entry}" is refused: ${wrong.problem}` }
  const verdict = judgeWith(covering, lists[place]!, place, most)
  return told === '' ? verdict : { ...verdict, reason: `${verdict.reason}; refused: ${told}` }
}

/** Whether an entry is one of its type, so that it must not be refused. */
const isUsable = (type: MispWarningList['type'], entry: string): boolean =>
  type === 'cidr'
    ? /^[0-9a-f.:]+(\/\d+)?$/i.test(entry)
    : type !== 'hostname' ||
      (/^[\p{L}\p{N}_.-]*\p{L}[\p{L}\p{N}_-]*\.?$/u.test(entry) && !/(?:^|\.)-|-(?:\.|$)/.test(entry))

function judgeWith(covering: WarningLists, list: MispWarningList, place: number, most: number): Omit<Verdict, 'name'> {
  const types = listAppliesTo(list.matching_attributes)
  const applies = types === 'none' ? [] : types
  let asked = 0
  const entries = new Set(list.list)
  for (const entry of list.list.slice(0, most)) {
    for (const { type, value, isCovered } of expectations(list.type, entry, applies)) {
      if (!isCovered && entries.has(`.${entry}`)) continue
      const read = type === 'other' ? { type, value } : canonicalIndicator(type, value)
      if ('problem' in read) continue
      asked++
      const hit = covering.covering(read).find((one) => one.list === place)
      if (isCovered && hit === undefined)
        return { verdict: 'failed', reason: `${type} ${value} is not covered by "${entry}"` }
      if (!isCovered && hit !== undefined && hit.entry === entry)
        return { verdict: 'failed', reason: `${type} ${value} is covered by "${entry}"` }
    }
  }
  return { verdict: 'passed', reason: `${list.list.length} entries, ${asked} questions` }
}

interface Expectation {
  readonly type: IndicatorType | OtherValue['type']
  readonly value: string
  readonly isCovered: boolean
}

function* expectations(
  listType: MispWarningList['type'],
  entry: string,
  applies: readonly IndicatorType[],
): Iterable<Expectation> {
  const speaksOf = (type: IndicatorType) => applies.length === 0 || applies.includes(type)
  if (listType === 'cidr') {
    const type = entry.includes(':') ? 'ipv6' : 'ipv4'
    for (const value of networkEnds(entry)) yield { type, value, isCovered: true }
    for (const value of outsideOf(entry)) yield { type, value, isCovered: false }
    if (entry.includes('/')) yield { type: 'cidr', value: entry, isCovered: true }
    if (speaksOf('url') && type === 'ipv4')
      yield { type: 'url', value: `http://${networkEnds(entry)[0]}/`, isCovered: true }
    return
  }
  const name = entry.replace(/^\./, '')
  const isName = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/i.test(name) && !/^[\d.]+$/.test(name)
  if (listType === 'hostname' && isName) {
    if (speaksOf('domain')) {
      yield { type: 'domain', value: name, isCovered: true }
      yield { type: 'domain', value: `www.sub.${name}`, isCovered: true }
      yield { type: 'domain', value: `not-${name}`, isCovered: false }
    }
    if (speaksOf('url')) yield { type: 'url', value: `https://www.${name}:8443/path?q=1`, isCovered: true }
    return
  }
  if (listType === 'string' && isName && speaksOf('domain')) {
    yield { type: 'domain', value: name, isCovered: true }
    yield { type: 'domain', value: `www.${name}`, isCovered: entry.startsWith('.') }
    yield { type: 'domain', value: `not-${name}`, isCovered: false }
    return
  }
  if (listType === 'string') {
    const digest = { 32: 'md5', 40: 'sha1', 64: 'sha256' } as const
    const type = /^[0-9a-f]+$/i.test(entry) ? digest[entry.length as 32 | 40 | 64] : undefined
    yield { type: type ?? 'other', value: entry, isCovered: true }
    yield { type: 'other', value: `${entry}0`, isCovered: false }
  }
  if (listType === 'substring') {
    yield { type: 'other', value: `before ${entry.toUpperCase()} after`, isCovered: true }
    if (speaksOf('email') && isName) yield { type: 'email', value: `someone@${entry}`, isCovered: true }
  }
}

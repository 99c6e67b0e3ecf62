import { readFile } from 'node:fs/promises'
import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import type { HuntSearch } from '@watchfloor/contracts/hunts'
import { type Command, Option } from 'commander'
import { parseInstant, parseSpanMs } from '../../input/time-span.ts'
import { Failure } from '../../output/failure.ts'

/** What a hunt looks for and where, as the command line says it. */
export interface SearchOptions {
  readonly sigma?: string
  readonly rule?: string[]
  readonly indicators?: string
  readonly pattern?: string
  readonly last?: number
  readonly from?: string
  readonly to?: string
  readonly source?: string[]
  readonly narrow?: string
}

const dayMs = 86_400_000
const minuteMs = 60_000

/** Gives a command what a hunt takes. */
export const withSearch = (command: Command): Command =>
  command
    .argument('[query...]', 'in the search language of the server')
    .option('--sigma <file>', 'a file of Sigma rules')
    .option('--rule <id...>', 'rules of the server')
    .option('--indicators <file>', 'a file of indicators, one a line')
    .option('--pattern <text>', 'a STIX pattern')
    .option('--last <span>', 'of the last 30m, 24h, 7d …; 7d when nothing is said', parseSpanMs)
    .addOption(new Option('--from <time>', 'since, e.g. 2026-03-01T12:00Z').argParser(parseInstant).conflicts('last'))
    .addOption(new Option('--to <time>', 'until').argParser(parseInstant).conflicts('last'))
    .option('--source <name...>', 'events of these sources alone')
    .option('--narrow <query>', 'only events that answer this search are looked at')

/** @throws Failure when nothing or more than one kind is to be looked for, or a file cannot be read */
export async function searchOf(words: readonly string[], options: SearchOptions): Promise<HuntSearchText> {
  const searches: HuntSearchText[] = []
  if (words.length > 0) searches.push({ kind: 'query', query: words.join(' ') })
  if (options.sigma || options.rule)
    searches.push({
      kind: 'sigma',
      yaml: options.sigma ? await textOf(options.sigma) : '',
      ruleIds: options.rule ?? [],
    })
  if (options.indicators) searches.push({ kind: 'indicators', values: await textOf(options.indicators) })
  if (options.pattern) searches.push({ kind: 'pattern', pattern: options.pattern })
  const [search] = searches
  if (!search || searches.length > 1)
    throw new Failure('say one thing to look for: a search, --sigma or --rule, --indicators, or --pattern')
  return search
}

type HuntSearchText =
  | Exclude<HuntSearch, { kind: 'sigma' }>
  | { readonly kind: 'sigma'; readonly yaml: string; readonly ruleIds: string[] }

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export const rangeOf = ({ last, from, to }: SearchOptions) =>
  from || to
    ? { from: from ?? new Date(0).toISOString(), to: to ?? new Date().toISOString() }
    : { lastMinutes: Math.max(1, Math.round((last ?? 7 * dayMs) / minuteMs)) }

/** @throws Failure for a source that the server does not have */
export async function sourceIdsOf(client: WatchfloorClient, names: readonly string[] = []): Promise<string[]> {
  if (names.length === 0) return []
  const { items } = unwrap(await client.GET('/api/v1/sources'))
  return names.map((name) => {
    const found = items.find((source) => source.id === name || source.name.toLowerCase() === name.toLowerCase())
    if (!found) throw new Failure(`there is no source "${name}"; sources list shows them`)
    return found.id
  })
}

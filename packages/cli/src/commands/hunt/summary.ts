import { paintSeverity } from '../../output/colour.ts'
import { timeText } from '../../output/list.ts'
import { tableText } from '../../output/table.ts'
import type { Writer } from '../../output/terminal.ts'
import { bytesText, counted, countText, durationText, printable } from '../../output/text.ts'
import { instantOf } from './hit.ts'
import { emptyTally, type FileTally } from './messages.ts'
import type { HitTally } from './tally.ts'

const maxRules = 25
const maxHosts = 15
const maxProblems = 10
/** On a narrower terminal the title of a rule says more than its times. */
const leastWidthForTimes = 110
const times = [
  { title: 'FIRST', isWhole: true },
  { title: 'LAST', isWhole: true },
]
/** Of all files together. */
const maxKeptProblems = 100_000

export interface HuntSummary {
  readonly tally: HitTally
  readonly rules: number
  readonly files: number
  readonly bytes: number
  readonly elapsedMs: number
  readonly read: FileTally
  /** Matches that correlations did not see, as there were too many. */
  readonly droppedMatches: number
  /** Somebody stopped it before its end. */
  readonly isStopped: boolean
}

/** All files' tallies as one. */
export function readTally(tallies: readonly FileTally[]): FileTally {
  const sum = emptyTally()
  for (const tally of tallies) {
    sum.events += tally.events
    sum.outsideRange += tally.outsideRange
    sum.withoutTime += tally.withoutTime
    sum.lostCount += tally.lostCount
    for (const kind of ['lost', 'skipped', 'damaged'] as const)
      for (const one of tally[kind]) if (sum[kind].length < maxKeptProblems) sum[kind].push(one as never)
  }
  return sum
}

/** What was found and what could not be read, for people. */
export function summaryText(summary: HuntSummary, { paint, width }: Pick<Writer, 'paint' | 'width'>): string {
  const { tally, read, rules, files, bytes, elapsedMs } = summary
  const seconds = Math.max(elapsedMs / 1000, 0.001)
  const speed = `${countText(read.events / seconds)} events/s`
  const work = `${counted(files, 'file')}, ${bytesText(bytes)}, ${counted(read.events, 'event')}, ${counted(rules, 'rule')} in ${durationText(elapsedMs)} (${speed})`
  const titleStyle = (text: string): string => paint('bold', text)
  const levels = tally.levels().map(({ level, hits }) => `${countText(hits)} ${paintSeverity(paint, level)}`)
  const lines = [`${counted(tally.hits, 'hit')}${levels.length > 0 ? `: ${levels.join(', ')}` : ''}\n${work}\n`]
  const ruleCounts = tally.rules()
  if (ruleCounts.length > 0) {
    const hasRoomForTimes = width === undefined || width >= leastWidthForTimes
    const rows = ruleCounts
      .slice(0, maxRules)
      .map(({ level, hits, title, firstMs, lastMs }) => [
        paintSeverity(paint, level),
        countText(hits),
        printable(title),
        ...(hasRoomForTimes ? [timeText(instantOf(firstMs)), timeText(instantOf(lastMs))] : []),
      ])
    const columns = [
      { title: 'LEVEL', isWhole: true },
      { title: 'HITS', align: 'right' as const, isWhole: true },
      { title: 'RULE' },
      ...(hasRoomForTimes ? times : []),
    ]
    lines.push('\n', tableText(columns, rows, { width, titleStyle }), more(ruleCounts.length, maxRules, 'rule'))
    const hosts = tally.hosts()
    const hostRows = hosts
      .slice(0, maxHosts)
      .map(({ host, hits, level }) => [paintSeverity(paint, level), countText(hits), printable(host)])
    const hostColumns = [columns[0]!, columns[1]!, { title: 'HOST' }]
    lines.push('\n', tableText(hostColumns, hostRows, { width, titleStyle }), more(hosts.length, maxHosts, 'host'))
  }
  if (summary.isStopped) lines.unshift(paint('yellow', 'stopped before the end: there may be more\n'))
  if (summary.droppedMatches > 0)
    lines.push(
      `\n${counted(summary.droppedMatches, 'match', 'matches')} too many for correlations: they looked at the first alone\n`,
    )
  return lines.concat(problemLines(read)).join('')
}

const more = (there: number, shown: number, what: string): string =>
  there > shown ? `… and ${counted(there - shown, `more ${what}`)}\n` : ''

function problemLines(read: FileTally): string[] {
  const lines: string[] = []
  if (read.outsideRange > 0) lines.push(`${counted(read.outsideRange, 'record')} outside the time range\n`)
  if (read.withoutTime > 0)
    lines.push(`${counted(read.withoutTime, 'record')} without a time left out, as a time range is asked for\n`)
  if (read.lostCount > 0) {
    lines.push(`${counted(read.lostCount, 'record')} could not be read:\n`)
    const words = [...new Set(read.lost.map(({ name, line, code, message }) => `${name}:${line} ${code} ${message}`))]
    lines.push(...listed(words, words.length))
  }
  if (read.damaged.length > 0) {
    lines.push(`${counted(read.damaged.length, 'file')} could not be read to the end:\n`)
    lines.push(
      ...listed(
        read.damaged.map(({ file, reason }) => `${file}: ${reason}`),
        read.damaged.length,
      ),
    )
  }
  if (read.skipped.length > 0) {
    lines.push(`${counted(read.skipped.length, 'file')} skipped, no logs:\n`)
    lines.push(
      ...listed(
        read.skipped.map(({ file, reason }) => `${file}: ${reason}`),
        read.skipped.length,
      ),
    )
  }
  return lines.length > 0 ? ['\n', ...lines] : lines
}

const listed = (words: readonly string[], there: number): string[] => [
  ...words.slice(0, maxProblems).map((text) => `  ${printable(text)}\n`),
  ...(there > maxProblems ? [`  … and ${countText(there - maxProblems)} more\n`] : []),
]

import { csvLine } from '@watchfloor/engines/csv'
import { paintSeverity } from '../../output/colour.ts'
import { timeText } from '../../output/list.ts'
import type { Writer } from '../../output/terminal.ts'
import { cutTo, printable, widthOf } from '../../output/text.ts'
import { type Hit, hitLine, instantOf } from './hit.ts'

export const huntFormats = ['table', 'jsonl', 'csv', 'html'] as const
export type HuntFormat = (typeof huntFormats)[number]

/** Writes hits as they come. */
export interface HitFormat {
  readonly head: string
  line(hit: Hit): string
}

export const jsonlFormat: HitFormat = { head: '', line: hitLine }

const csvTitles = ['time', 'level', 'title', 'ruleId', 'host', 'file', 'record', 'matched', 'event']

export const csvFormat: HitFormat = {
  head: csvLine(csvTitles),
  line: ({ timeMs, level, title, ruleId, host, source, matched, eventJson }) =>
    csvLine([
      instantOf(timeMs),
      level,
      title,
      ruleId,
      host,
      source.file,
      source.record,
      matched.map((one) => `${one.predicate} (${one.value})`).join('; '),
      eventJson,
    ]),
}

const widths = { time: 20, level: 13, title: 48, host: 24 }

/** One line a hit, in columns of a fixed width: what comes later is not known yet. */
export function tableFormat(out: Pick<Writer, 'paint' | 'width'>): HitFormat {
  const cell = (text: string, width: number): string => {
    const fitting = cutTo(printable(text), width)
    return fitting + ' '.repeat(Math.max(0, width - widthOf(fitting)))
  }
  const columns = (time: string, level: string, title: string, host: string, place: string): string =>
    [time, level, title, host, place].join('  ').trimEnd()
  const placeWidth = Math.max(
    20,
    out.width === undefined ? 10_000 : out.width - Object.values(widths).reduce((sum, one) => sum + one + 2, 0),
  )
  const titles = columns(
    cell('TIME', widths.time),
    cell('LEVEL', widths.level),
    cell('RULE', widths.title),
    cell('HOST', widths.host),
    'RECORD',
  )
  return {
    head: `${out.paint('bold', titles)}\n`,
    line({ timeMs, level, title, host, source }) {
      const padded = ' '.repeat(widths.level - level.length)
      return `${columns(
        cell(timeText(instantOf(timeMs)), widths.time),
        paintSeverity(out.paint, level) + padded,
        cell(title, widths.title),
        cell(host, widths.host),
        // The end of a path says more than its beginning.
        endOf(`${printable(source.file)}:${source.record}`, placeWidth),
      )}\n`
    },
  }
}

const endOf = (text: string, width: number): string => (text.length <= width ? text : `…${text.slice(1 - width)}`)

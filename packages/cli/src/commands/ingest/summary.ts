import { detailText, tableText } from '../../output/table.ts'
import type { Writer } from '../../output/terminal.ts'
import { bytesText, counted, countText, durationText, printable } from '../../output/text.ts'
import type { Tally } from './tally.ts'

export interface FinishedRun {
  readonly tally: Tally
  readonly isDryRun: boolean
  readonly elapsedMs: number
}

const shownRefusals = 20
const shownNames = 5

/** Everything about a run, for programs. */
export function summaryObject({ tally, isDryRun, elapsedMs }: FinishedRun): Record<string, unknown> {
  const seconds = elapsedMs / 1000
  return {
    dryRun: isDryRun,
    files: tally.files,
    read: tally.read,
    accepted: tally.accepted,
    replayed: tally.replayed,
    refused: tally.refused,
    refusedByCode: Object.fromEntries(tally.refusedByCode),
    refusedRecords: tally.refusedExamples,
    skipped: tally.skipped,
    damaged: tally.damaged,
    requests: tally.batches,
    retries: tally.retries,
    bytesSent: tally.bytesSent,
    seconds: Number(seconds.toFixed(3)),
    eventsPerSecond: Math.round((isDryRun ? tally.read : tally.accepted) / Math.max(seconds, 0.001)),
  }
}

/** The same for people. */
export function summaryText(
  { tally, isDryRun, elapsedMs }: FinishedRun,
  writer: Pick<Writer, 'paint' | 'width'>,
): string {
  const { paint } = writer
  const events = isDryRun ? tally.read : tally.accepted
  const rate = countText(events / Math.max(elapsedMs / 1000, 0.001))
  const replayed = tally.replayed > 0 ? ` (${countText(tally.replayed)} were there already after a lost answer)` : ''
  const byCode = [...tally.refusedByCode].map(([code, count]) => `${countText(count)} ${code}`).join(', ')
  const parts = [
    detailText(
      [
        [
          'files',
          `${countText(tally.files)}${tally.skipped.length > 0 ? `, ${countText(tally.skipped.length)} skipped` : ''}`,
        ],
        [isDryRun ? 'records' : 'accepted', `${counted(events, 'event')}${replayed}`],
        ['refused', tally.refused === 0 ? '0' : `${counted(tally.refused, 'record')}: ${byCode}`],
        [
          'sent',
          isDryRun ? 'nothing (dry run)' : `${bytesText(tally.bytesSent)} in ${counted(tally.batches, 'request')}`,
        ],
        ['tried again', tally.retries > 0 ? counted(tally.retries, 'time') : ''],
        ['time', `${durationText(elapsedMs)}, ${rate} events/s`],
      ],
      (name) => paint('bold', name),
    ),
  ]
  if (tally.damaged.length > 0) parts.push(damagedText(tally, writer))
  if (tally.refusedExamples.length > 0) parts.push(refusedText(tally, writer))
  if (tally.skipped.length > 0) parts.push(skippedText(tally, writer))
  return parts.join('\n')
}

function damagedText({ damaged }: Tally, { paint }: Pick<Writer, 'paint'>): string {
  const lines = damaged.map(({ file, reason }) => `  ${printable(file)}: ${printable(reason)}\n`)
  return paint('red', 'Not read to the end:\n') + lines.join('')
}

function refusedText(tally: Tally, { paint, width }: Pick<Writer, 'paint' | 'width'>): string {
  const rows = tally.refusedExamples
    .slice(0, shownRefusals)
    .map(({ file, line, code, message }) => [`${printable(file)}:${line || '?'}`, code, printable(message)])
  const table = tableText([{ title: 'refused at' }, { title: 'code' }, { title: 'why' }], rows, {
    width,
    titleStyle: (text) => paint('yellow', text),
  })
  const more = tally.refused - rows.length
  return more > 0
    ? `${table}and ${countText(more)} more; --json lists the first ${tally.refusedExamples.length}\n`
    : table
}

function skippedText(tally: Tally, { paint }: Pick<Writer, 'paint'>): string {
  const namesByReason = Map.groupBy(tally.skipped, ({ reason }) => reason)
  const lines = [...namesByReason]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([reason, files]) => {
      const shown = files.slice(0, shownNames).map(({ file }) => printable(file))
      const more = files.length > shownNames ? ` and ${countText(files.length - shownNames)} more` : ''
      return `  ${counted(files.length, 'file')}: ${printable(reason)}\n    ${shown.join(', ')}${more}\n`
    })
  return `${paint('bold', 'Skipped:')}\n${lines.join('')}`
}

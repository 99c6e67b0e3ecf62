import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import {
  type IndicatorImportQuery,
  type IndicatorImportResult,
  importFormats,
  indicatorImportQuery,
  indicatorTypes,
} from '@watchfloor/contracts/intel'
import { tlps } from '@watchfloor/contracts/kernel'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { gunzip } from '../../input/gzip.ts'
import { defaultLimits } from '../../input/piece.ts'
import { Failure, usageFailure } from '../../output/failure.ts'
import { showProgress } from '../../output/progress.ts'
import { detailText } from '../../output/table.ts'
import { counted, countText, durationText, printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { partsOf } from './parts.ts'

interface ImportOptions extends ConnectionOptions {
  readonly source?: string
  readonly type?: string
  readonly listFormat: string
  readonly confidence: string
  readonly tlp: string
  readonly label?: readonly string[]
  readonly validDays?: string
  readonly json?: boolean
}

const shownProblems = 20
const gathered = (text: string, before: readonly string[] = []): string[] => [...before, text]

export const importIndicatorsCommand = (context: CommandContext) =>
  serverCommand('import', 'Add the indicators of lists to the server, and update those that are there')
    .argument(
      '<file...>',
      'lists: plain values, CSV with a header, or a JSON object a line; .gz too; - is standard input',
    )
    .option('--source <name>', 'who says so; the name of the file when absent')
    .addOption(new Option('--type <type>', 'of every value; seen from each when absent').choices([...indicatorTypes]))
    .addOption(
      new Option('--list-format <format>', 'how lines are written').choices([...importFormats]).default('auto'),
    )
    .option('--confidence <percent>', 'where the line does not say', '50')
    .addOption(new Option('--tlp <tlp>', 'where the line does not say').choices([...tlps]).default('amber'))
    .option('--label <label>', 'put on all of them; may be repeated', gathered)
    .option('--valid-days <days>', 'for how long they match; for ever when absent')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `${examples(
        ['indicators import blocklist.txt --source example-feed --confidence 80', ''],
        ['indicators import iocs.csv.gz --valid-days 30', 'forgotten in a month unless imported again'],
      )}

Lines that cannot be read are told, and the others are taken. Importing a list again changes only what has changed.`,
    )
    .action((files: string[], options: ImportOptions) => importLists(context, files, options))

async function importLists(context: CommandContext, files: readonly string[], options: ImportOptions): Promise<void> {
  const { terminal } = context
  const { client } = await context.connect(options)
  const startedMs = performance.now()
  const total = { read: 0, added: 0, updated: 0, unchanged: 0, refused: 0 }
  const problems: { file: string; line: number; message: string }[] = []
  for (const file of files) {
    const query = queryOf(file, options)
    const { bytes, sizeBytes } = await open(file)
    let seen = 0
    async function* watched() {
      for await (const chunk of bytes) {
        seen += chunk.byteLength
        yield chunk
      }
    }
    const progress = showProgress(terminal.err, `importing ${basename(file)}`, sizeBytes)
    try {
      const raw = watched()
      const unpacked = file.endsWith('.gz') ? gunzip(raw, defaultLimits) : raw
      for await (const { text, firstLine } of partsOf(unpacked)) {
        const result = await send(client, { ...query, firstLine }, text)
        for (const name of ['read', 'added', 'updated', 'unchanged', 'refused'] as const) total[name] += result[name]
        problems.push(...result.problems.map((one) => ({ file, ...one })))
        progress.update(seen, counted(total.read, 'indicator'))
      }
    } finally {
      progress.stop()
    }
  }
  const elapsedMs = performance.now() - startedMs
  if (options.json) {
    terminal.out.write(`${JSON.stringify({ ...total, seconds: Number((elapsedMs / 1000).toFixed(3)), problems })}\n`)
  } else {
    for (const { file, line, message } of problems.slice(0, shownProblems))
      terminal.out.write(`${printable(file)}:${line} ${printable(message)}\n`)
    terminal.out.write(
      detailText(
        [
          ['added', countText(total.added)],
          ['updated', countText(total.updated)],
          ['unchanged', countText(total.unchanged)],
          [
            'refused',
            total.refused > shownProblems ? `${countText(total.refused)}; --json lists them` : countText(total.refused),
          ],
          ['time', durationText(elapsedMs)],
        ],
        (name) => terminal.out.paint('bold', name),
      ),
    )
  }
  if (total.read === 0) throw new Failure('the lists hold no values')
}

function queryOf(file: string, options: ImportOptions): IndicatorImportQuery {
  const query = indicatorImportQuery.safeParse({
    source: options.source ?? (file === '-' ? undefined : basename(file).replace(/\.gz$/, '')),
    format: options.listFormat,
    type: options.type,
    confidence: options.confidence,
    tlp: options.tlp,
    ...(options.label ? { labels: options.label.join(',') } : {}),
    ...(options.validDays ? { validDays: options.validDays } : {}),
  })
  if (query.success) return query.data
  const issue = query.error.issues[0]
  throw usageFailure(
    `${issue?.path.join('.') ?? 'option'}: ${issue?.message ?? 'not valid'}`,
    'Name the source with --source NAME.',
  )
}

async function open(file: string): Promise<{ bytes: AsyncIterable<Uint8Array>; sizeBytes: number }> {
  if (file === '-') return { bytes: process.stdin, sizeBytes: 0 }
  try {
    return { sizeBytes: (await stat(file)).size, bytes: createReadStream(file, { highWaterMark: 256 * 1024 }) }
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function send(
  client: WatchfloorClient,
  query: IndicatorImportQuery,
  text: string,
): Promise<IndicatorImportResult> {
  const answer = unwrap(
    await client.POST('/api/v1/indicators/import', {
      params: { query },
      body: text,
      bodySerializer: (body: string) => body,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    }),
  )
  return answer
}

import { InvalidArgumentError, Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { planFiles } from '../../input/find-files.ts'
import { defaultLimits, type InputFormat, inputFormats } from '../../input/piece.ts'
import { exitCodes } from '../../output/failure.ts'
import { printFailure } from '../../output/print-failure.ts'
import { showProgress } from '../../output/progress.ts'
import { countText, durationText, printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { runIngest } from './run-ingest.ts'
import { summaryObject, summaryText } from './summary.ts'

interface IngestOptions extends ConnectionOptions {
  readonly source?: string
  readonly format: InputFormat
  readonly dryRun?: boolean
  readonly jobs: number
  readonly retryFor: number
  readonly json?: boolean
}

/** The longest record that a server takes by itself. */
const maxRecordBytes = 1024 * 1024

const wholeNumber = (from: number, to: number) => (text: string) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < from || value > to)
    throw new InvalidArgumentError(`A whole number from ${from} to ${to}.`)
  return value
}

export const ingestCommand = (context: CommandContext) =>
  serverCommand('ingest', 'Send the events in files to the server')
    .argument(
      '<path...>',
      'files and folders: JSON lines, JSON, EVTX, syslog, text, CSV, Zeek, W3C; also in .gz and .zip',
    )
    .option('--source <name>', 'the source that they belong to; the last part of each path when absent')
    .addOption(
      new Option('--format <format>', 'what is in the files')
        .choices([...inputFormats])
        .default('auto', 'told by their bytes'),
    )
    .option('--dry-run', 'read and count, send nothing')
    .option('--jobs <number>', 'requests under way at once', wholeNumber(1, 32), 4)
    .option(
      '--retry-for <seconds>',
      'how long to try again when the server cannot take more',
      wholeNumber(0, 86_400),
      600,
    )
    .option('--json', 'print the summary as one JSON object')
    .addHelpText(
      'after',
      `${examples(
        ['ingest /var/log/auth.log', 'one file'],
        ['ingest exports/ Security.evtx --source incident-7', 'a folder and a file, under one source'],
        ['ingest archive.zip --dry-run', 'what is in it, and what would be skipped'],
      )}

A record is never lost silently: what is refused or skipped is listed with its reason. Ends with 1 when a file could not be
read to its end, when nothing was a log, or when the server stopped taking records.`,
    )
    .action((paths: string[], options: IngestOptions) => ingest(context, paths, options))

async function ingest(context: CommandContext, paths: readonly string[], options: IngestOptions): Promise<void> {
  const { err, out } = context.terminal
  const plan = await planFiles(paths)
  const connection = options.dryRun ? undefined : await context.connect(options)
  const progress = showProgress(err, options.dryRun ? 'reading' : 'sending', plan.totalBytes)
  const startedMs = performance.now()
  const stop = new AbortController()
  const interrupt = () => stop.abort(new Error('stopped'))
  process.once('SIGINT', interrupt)
  const { tally, failure } = await runIngest(plan, {
    client: connection?.client,
    source: options.source,
    read: { format: options.format, maxRecordBytes, limits: defaultLimits },
    jobs: options.jobs,
    retryForMs: options.retryFor * 1000,
    compress: connection !== undefined && !isThisMachine(connection.target.url),
    signal: stop.signal,
    onProgress(bytesRead, { accepted, read }) {
      const events = options.dryRun ? read : accepted
      const seconds = (performance.now() - startedMs) / 1000
      progress.update(bytesRead, `${countText(events)} events · ${countText(events / Math.max(seconds, 0.1))}/s`)
    },
    onRetry(why, pauseMs) {
      if (!err.isTerminal) err.write(`trying again in ${durationText(pauseMs)}: ${printable(why)}\n`)
    },
  })
  process.off('SIGINT', interrupt)
  progress.stop()
  const run = { tally, isDryRun: options.dryRun === true, elapsedMs: performance.now() - startedMs }
  if (options.json) out.write(`${JSON.stringify({ ...summaryObject(run), complete: failure === undefined })}\n`)
  else out.write(summaryText(run, out))
  if (failure !== undefined) {
    const code = stop.signal.aborted ? exitCodes.failed : printFailure(err, failure)
    err.write('stopped before the end: what is counted as accepted is stored, the rest is not\n')
    process.exitCode = code
  } else if (tally.damaged.length > 0 || tally.files === 0) process.exitCode = exitCodes.failed
}

/** Packing costs more than it saves where no network lies between. */
const isThisMachine = (url: string): boolean => /^(?:localhost|127\.|\[::1\])/.test(new URL(url).host)

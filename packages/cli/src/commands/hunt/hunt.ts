import { availableParallelism } from 'node:os'
import { isAbsolute, relative } from 'node:path'
import { builtinPipelineNames, type SigmaLevel, sigmaLevels } from '@watchfloor/engines/sigma'
import { Command, InvalidArgumentError, Option } from 'commander'
import { planFiles } from '../../input/find-files.ts'
import { defaultLimits, type InputFormat, inputFormats } from '../../input/piece.ts'
import { parseInstant } from '../../input/time-span.ts'
import { exitCodes, Failure } from '../../output/failure.ts'
import { showProgress } from '../../output/progress.ts'
import { counted, countText } from '../../output/text.ts'
import { type CommandContext, examples } from '../context.ts'
import { MatchCorrelation } from './correlate-matches.ts'
import { type HuntFormat, huntFormats } from './formats.ts'
import { loadSoundPipelines } from './load-pipelines.ts'
import { type LoadedRules, loadRules, requireRules } from './load-rules.ts'
import type { HuntSetup } from './messages.ts'
import { HuntOutput } from './output.ts'
import { type RuleSet, ruleSetOf } from './rule-set.ts'
import { runHunt } from './run-hunt.ts'
import { openSink } from './sink.ts'
import { type HuntSummary, readTally, summaryText } from './summary.ts'

interface HuntOptions {
  readonly rules: readonly string[]
  readonly pipeline?: readonly string[]
  readonly from?: number
  readonly to?: number
  readonly minLevel: SigmaLevel
  readonly format: HuntFormat
  readonly output?: string
  readonly inputFormat: InputFormat
  readonly threads?: number
  readonly quiet?: boolean
}

/** Of a record; a longer one is lost. */
const maxRecordBytes = 16 * 1024 * 1024
/** More threads than this would wait for the disk and hold the rules once more each. */
const maxThreads = 16
/** Each thread takes more than a second to make all public rules ready: one more must have something to do. */
const bytesPerThread = 16 * 1024 * 1024

const instantMs = (text: string): number => Date.parse(parseInstant(text))

function threadCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 64)
    throw new InvalidArgumentError('A whole number from 1 to 64.')
  return count
}

const gathered = (text: string, before: readonly string[] = []): string[] => [...before, text]

export const huntCommand = (context: CommandContext): Command =>
  new Command('hunt')
    .description('Look for what Sigma rules describe in files, without a server')
    .argument(
      '<path...>',
      'files and folders: JSON lines, JSON, EVTX, syslog, text, CSV, Zeek, W3C; also in .gz and .zip',
    )
    .requiredOption('-r, --rules <path>', 'files, folders and .zip archives of Sigma rules; may be repeated', gathered)
    .option(
      '-p, --pipeline <file>',
      'a processing pipeline, or the name of one that is built in; may be repeated',
      gathered,
    )
    .option('--from <time>', 'records from then on, e.g. 2026-03-01 or 2026-03-01T12:00:00Z', instantMs)
    .option('--to <time>', 'records until then', instantMs)
    .addOption(
      new Option('--min-level <level>', 'rules of this level and above')
        .choices([...sigmaLevels])
        .default('informational'),
    )
    .addOption(new Option('-f, --format <format>', 'how to print hits').choices([...huntFormats]).default('table'))
    .option('-o, --output <file>', 'write the hits there instead of to stdout')
    .addOption(
      new Option('--input-format <format>', 'what is in the files')
        .choices([...inputFormats])
        .default('auto', 'told by their bytes'),
    )
    .option(
      '--threads <number>',
      'files read at once; by itself as many as the size of the files is worth',
      threadCount,
    )
    .option('-q, --quiet', 'no progress and no summary')
    .addHelpText(
      'after',
      `${examples(
        ['hunt --rules sigma/rules Security.evtx', 'one file'],
        [
          'hunt --rules sigma/rules --min-level high --format html --output report.html evidence/',
          'a report of a folder',
        ],
        ['hunt --rules sigma/rules --from 2026-03-01 --format jsonl logs.zip', 'for other programs'],
        ['hunt --rules ecs-rules --pipeline winlogbeat Security.evtx', 'rules in the names of Winlogbeat'],
      )}

Hits go to stdout in the order of the files and of the records in them, those of correlations last; the summary goes to stderr. Ends with 1 when a file
could not be read to its end or nothing could be read, whether there are hits or not.

Built-in pipelines: ${builtinPipelineNames.join(', ')}.`,
    )
    .action((paths: string[], options: HuntOptions) => hunt(context, paths, options))

async function hunt({ terminal }: CommandContext, paths: readonly string[], options: HuntOptions): Promise<void> {
  const { err } = terminal
  const loaded = await loadRules(options.rules, await loadSoundPipelines(options.pipeline ?? []))
  requireRules(loaded, options.rules)
  const rules = ruleSetOf(loaded, options.minLevel)
  if (rules.rules.length === 0)
    throw new Failure(`no rule is of level ${options.minLevel} or above`, { remedy: 'ask for a lower --min-level' })
  if (!options.quiet) err.write(`${rulesText(loaded, rules)}\n`)
  const plan = await planFiles(paths)
  const sink = openSink(options.output, terminal.out)
  const progress = options.quiet ? undefined : showProgress(err, 'hunting', plan.totalBytes)
  const startedMs = performance.now()
  const stop = new AbortController()
  const interrupt = () => stop.abort(new Failure('stopped before the end'))
  process.once('SIGINT', interrupt)
  const output = new HuntOutput(options.format, sink, options.output === undefined ? terminal.out : undefined)
  const correlation = new MatchCorrelation(rules)
  const setup: HuntSetup = {
    rules: rules.rules,
    filters: rules.filters,
    read: { format: options.inputFormat, maxRecordBytes, limits: defaultLimits },
    range: { fromMs: options.from ?? null, toMs: options.to ?? null },
    startedMs: Date.now(),
  }
  try {
    const results = await runHunt({
      setup,
      files: plan.files.map((file) => ({ file, shownPath: shownPath(file.path) })),
      threads: options.threads ?? threadsFor(plan.totalBytes),
      onFound({ hits, matches }) {
        output.add(hits)
        correlation.add(matches)
      },
      onProgress({ bytes, events }) {
        const seconds = Math.max((performance.now() - startedMs) / 1000, 0.1)
        const words = `${countText(events)} events · ${countText(events / seconds)}/s · ${counted(output.tally.hits, 'hit')}`
        progress?.update(bytes, words)
      },
      signal: stop.signal,
    })
    output.add(correlation.hits())
    const read = readTally(results)
    for (const { name, reason } of plan.skipped) read.skipped.push({ file: name, reason })
    const summary: HuntSummary = {
      tally: output.tally,
      rules: rules.rules.length,
      droppedMatches: correlation.dropped,
      files: plan.files.length,
      bytes: plan.totalBytes,
      elapsedMs: performance.now() - startedMs,
      read,
    }
    output.end(summary, Date.now())
    progress?.stop()
    if (!options.quiet) err.write(summaryText(summary, err))
    if (read.damaged.length > 0 || (read.events === 0 && read.outsideRange + read.withoutTime === 0))
      process.exitCode = exitCodes.failed
  } finally {
    progress?.stop()
    process.off('SIGINT', interrupt)
    sink.close()
  }
}

const threadsFor = (bytes: number): number =>
  Math.max(1, Math.min(maxThreads, availableParallelism(), Math.ceil(bytes / bytesPerThread)))

function rulesText({ refused, filterCount }: LoadedRules, { rules, correlations, diagnostics }: RuleSet): string {
  const broken = refused + diagnostics.filter(({ level }) => level === 'error').length
  const parts = [counted(rules.length, 'rule')]
  if (correlations.length > 0) parts.push(counted(correlations.length, 'correlation'))
  if (filterCount > 0) parts.push(counted(filterCount, 'filter'))
  if (broken > 0) parts.push(`${countText(broken)} cannot run (watchfloor rules check says why)`)
  return parts.join(', ')
}

/** As it can be opened from here. */
function shownPath(path: string): string {
  const within = relative(process.cwd(), path)
  return within === '' || within.startsWith('..') || isAbsolute(within) ? path : within
}

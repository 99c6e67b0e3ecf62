import { availableParallelism } from 'node:os'
import { builtinPipelineNames, type SigmaLevel, sigmaLevels } from '@watchfloor/engines/sigma'
import { Command, InvalidArgumentError, Option } from 'commander'
import { RememberingParser } from '../../input/parsed-rules.ts'
import { defaultLimits, type InputFormat, inputFormats, type ReadOptions } from '../../input/piece.ts'
import { parseInstant } from '../../input/time-span.ts'
import { exitCodes, Failure, usageFailure } from '../../output/failure.ts'
import { counted, countText } from '../../output/text.ts'
import { type CommandContext, examples } from '../context.ts'
import { onInterrupt } from '../interrupt.ts'
import { MatchCorrelation } from './correlate-matches.ts'
import { type HuntFormat, huntFormats } from './formats.ts'
import { findInput, threadsFor } from './hunt-input.ts'
import { HuntWatch } from './hunt-watch.ts'
import { loadSoundPipelines } from './load-pipelines.ts'
import { loadSoundPlaceholders } from './load-placeholders.ts'
import { type LoadedRules, loadRules, requireRules } from './load-rules.ts'
import { HuntOutput } from './output.ts'
import { type RuleSet, ruleSetOf } from './rule-set.ts'
import { runHunt } from './run-hunt.ts'
import { openSink } from './sink.ts'
import { type HuntSummary, readTally, summaryText } from './summary.ts'

interface HuntOptions {
  readonly rules: readonly string[]
  readonly pipeline?: readonly string[]
  readonly placeholders?: readonly string[]
  readonly from?: number
  readonly to?: number
  readonly minLevel: SigmaLevel
  readonly format: HuntFormat
  readonly output?: string
  readonly inputFormat: InputFormat
  readonly product?: string
  readonly service?: string
  readonly threads?: number
  readonly quiet?: boolean
}

/** Of a record; a longer one is lost. */
const maxRecordBytes = 16 * 1024 * 1024
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
      'files and folders: JSON lines, JSON, EVTX, syslog, text, CSV, Zeek, W3C; also in .gz and .zip; - is stdin',
    )
    .requiredOption('-r, --rules <path>', 'files, folders and .zip archives of Sigma rules; may be repeated', gathered)
    .option(
      '-p, --pipeline <file>',
      'a processing pipeline, or the name of one that is built in; may be repeated',
      gathered,
    )
    .option(
      '--placeholders <file>',
      'YAML of names and values for "expand", e.g. "Admins: [root, adm-*]"; may be repeated',
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
    .option('--product <name>', 'what the records are of where they do not say it, as in the logsource of rules')
    .option('--service <name>', 'the same for the service')
    .option(
      '--threads <number>',
      'threads that read at once, large files in parts; by itself as many as the size of the files is worth',
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
        ['journalctl -o json | watchfloor hunt --rules sigma/rules -', 'what another program writes'],
        ['hunt --rules our-rules --product shop --service orders orders.jsonl', 'records of a program of your own'],
        ['hunt --rules ecs-rules --pipeline winlogbeat Security.evtx', 'rules in the names of Winlogbeat'],
      )}

Hits go to stdout in the order of the files and of the records in them, those of correlations last; the summary goes to stderr.
Ctrl-C ends it with what was found until then. What comes of reading rules is kept in ~/.cache/watchfloor, for the next time.

Ends with 0 when all was looked through, whether there are hits or not; 1 when a file could not be read to its end, nothing could be
read or no rule runs; 2 when it was called wrongly; 130 when it was stopped.

Built-in pipelines: ${builtinPipelineNames.join(', ')}.`,
    )
    .action((paths: string[], options: HuntOptions) => hunt(context, paths, options))

async function hunt(context: CommandContext, paths: readonly string[], options: HuntOptions): Promise<void> {
  const { out, err } = context.terminal
  if (options.from !== undefined && options.to !== undefined && options.from > options.to)
    throw usageFailure('--from is after --to', 'swap them')
  const rules = await readRules(context, options)
  const stop = new AbortController()
  const input = await findInput(paths, stop.signal)
  const read: ReadOptions = { format: options.inputFormat, maxRecordBytes, limits: defaultLimits }
  const threads = input.isStreamed ? 0 : (options.threads ?? threadsFor(input.work, availableParallelism()))
  const sink = openSink(options.output, out)
  const output = new HuntOutput(options.format, sink, options.output === undefined ? out : undefined)
  const correlation = new MatchCorrelation(rules)
  const watch = new HuntWatch(options.quiet ? undefined : err, input.totalBytes)
  const release = onInterrupt(() => {
    watch.stop()
    if (stop.signal.aborted) process.exit(exitCodes.interrupted)
    if (!options.quiet) err.write('stopping: what was found until now is told; once more ends at once\n')
    stop.abort()
  })
  try {
    const origin = { product: options.product, service: options.service }
    const range = { fromMs: options.from ?? null, toMs: options.to ?? null }
    const tallies = await runHunt({
      setup: { rules: rules.rules, read, range, startedMs: Date.now(), origin },
      files: input.files(read, threads),
      threads,
      onFound({ hits, matches }) {
        output.add(hits)
        correlation.add(matches)
      },
      onProgress: (progress) => watch.add(progress, output.tally.hits),
      signal: stop.signal,
    })
    output.add(correlation.hits())
    const summary: HuntSummary = {
      tally: output.tally,
      rules: rules.rules.length + rules.correlations.length,
      droppedMatches: correlation.dropped,
      files: input.count,
      bytes: stop.signal.aborted ? watch.bytes : (input.totalBytes ?? watch.bytes),
      elapsedMs: watch.elapsedMs,
      read: readTally(tallies),
      isStopped: stop.signal.aborted,
    }
    output.end(summary, Date.now())
    watch.stop()
    if (!options.quiet) err.write(summaryText(summary, err))
    process.exitCode = exitCodeOf(summary)
  } finally {
    watch.stop()
    release()
    sink.close()
  }
}

async function readRules({ terminal, environment }: CommandContext, options: HuntOptions): Promise<RuleSet> {
  const loaded = await loadRules(options.rules, {
    pipelines: await loadSoundPipelines(options.pipeline ?? []),
    placeholders: loadSoundPlaceholders(options.placeholders ?? []),
    parser: new RememberingParser(environment.cacheDir, options.rules),
  })
  requireRules(loaded, options.rules)
  const rules = ruleSetOf(loaded, options.minLevel)
  if (rules.rules.length === 0)
    throw new Failure(`no rule is of level ${options.minLevel} or above`, { remedy: 'ask for a lower --min-level' })
  if (!options.quiet) terminal.err.write(`${rulesText(loaded, rules)}\n`)
  return rules
}

function exitCodeOf({ read, isStopped }: HuntSummary): number {
  if (isStopped) return exitCodes.interrupted
  const isNothingRead = read.events === 0 && read.outsideRange + read.withoutTime === 0
  return read.damaged.length > 0 || isNothingRead ? exitCodes.failed : exitCodes.ok
}

function rulesText({ refused, filterCount }: LoadedRules, { rules, correlations, diagnostics }: RuleSet): string {
  const broken = refused + diagnostics.filter(({ level }) => level === 'error').length
  const parts = [counted(rules.length, 'rule')]
  if (correlations.length > 0) parts.push(counted(correlations.length, 'correlation'))
  if (filterCount > 0) parts.push(counted(filterCount, 'filter'))
  if (broken > 0) parts.push(`${countText(broken)} cannot run (watchfloor rules check says why)`)
  return parts.join(', ')
}

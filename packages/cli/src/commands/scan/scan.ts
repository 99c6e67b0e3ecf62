import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { basename, extname, isAbsolute, relative } from 'node:path'
import { openYara, type Yara, type YaraRuleSet } from '@watchfloor/server/processes/yara'
import { Command, InvalidArgumentError, Option } from 'commander'
import { planFiles } from '../../input/find-files.ts'
import { diagnosticText } from '../../output/diagnostics.ts'
import { exitCodes, Failure } from '../../output/failure.ts'
import { showProgress } from '../../output/progress.ts'
import { bytesText, counted, countText, durationText, printable } from '../../output/text.ts'
import { type CommandContext, examples } from '../context.ts'
import { openSink, type ResultSink } from '../hunt/sink.ts'
import { onInterrupt } from '../interrupt.ts'
import { formatOf, type MatchFormat, type ScanFormat, scanFormats } from './formats.ts'
import { compileRules } from './load-rules.ts'
import { type Target, targetsIn } from './targets.ts'

interface ScanOptions {
  readonly rules: readonly string[]
  readonly format: ScanFormat
  readonly output?: string
  readonly processes: number
  readonly maxSize: number
  readonly timeout: number
  readonly quiet?: boolean
}

const gathered = (text: string, before: readonly string[] = []): string[] => [...before, text]

const wholeNumber =
  (most: number) =>
  (text: string): number => {
    const count = Number(text)
    if (!Number.isInteger(count) || count < 1 || count > most)
      throw new InvalidArgumentError(`A whole number from 1 to ${most}.`)
    return count
  }

export const scanCommand = (context: CommandContext): Command =>
  new Command('scan')
    .description('Look for what YARA rules describe in files, without a server')
    .argument('<path...>', 'files and folders; also what is packed in .gz and .zip')
    .requiredOption('-r, --rules <path>', 'files, folders and .zip archives of YARA rules; may be repeated', gathered)
    .addOption(new Option('-f, --format <format>', 'how to print matches').choices([...scanFormats]).default('table'))
    .option('-o, --output <file>', 'write the matches there instead of to stdout')
    .addOption(
      new Option('--processes <number>', 'files scanned at once; each process holds the rules')
        .argParser(wholeNumber(16))
        .default(Math.min(4, availableParallelism())),
    )
    .addOption(
      new Option('--max-size <megabytes>', 'larger files are left out').argParser(wholeNumber(2000)).default(256),
    )
    .addOption(new Option('--timeout <seconds>', 'for one file').argParser(wholeNumber(3600)).default(60))
    .option('-q, --quiet', 'no progress, no refused rules and no summary')
    .addHelpText(
      'after',
      `${examples(
        ['scan --rules rules/ suspicious.exe', 'one file'],
        ['scan --rules rules/ --format jsonl evidence/ samples.zip', 'for other programs'],
      )}

Matches go to stdout; refused rules and the summary go to stderr. Ctrl-C ends it with what was found until then.

Ends with 0 when all was scanned, whether there are matches or not; 1 when a file could not be scanned or no rule runs; 2 when it
was called wrongly; 130 when it was stopped.`,
    )
    .action((paths: string[], options: ScanOptions) => scan(context, paths, options))

interface Tally {
  targets: number
  bytes: number
  matches: number
  matchedFiles: number
  readonly matchesByRule: Map<string, number>
  readonly skipped: { name: string; reason: string }[]
  readonly failed: { name: string; reason: string }[]
}

async function scan({ terminal }: CommandContext, paths: readonly string[], options: ScanOptions): Promise<void> {
  const { err, out } = terminal
  const plan = await planFiles(paths)
  const yara = openYara({ size: options.processes })
  const stop = new AbortController()
  const release = onInterrupt(() => stop.abort())
  const sink = openSink(options.output, out)
  const progress = options.quiet ? undefined : showProgress(err, 'scanning', plan.totalBytes)
  try {
    const set = await compileRules(yara, options.rules)
    if (!options.quiet)
      for (const one of set.diagnostics) if (one.level === 'error') err.write(diagnosticText(one, err.paint))
    if (set.rules === 0) throw new Failure('no rule runs')
    const startedMs = performance.now()
    const tally: Tally = {
      targets: 0,
      bytes: 0,
      matches: 0,
      matchedFiles: 0,
      matchesByRule: new Map(),
      skipped: plan.skipped.map(({ name, reason }) => ({ name, reason })),
      failed: [],
    }
    const scanner = new Scanner(
      yara,
      options,
      formatOf(options.format, options.output === undefined ? out : plain),
      sink,
      tally,
    )
    let doneBytes = 0
    const files = plan.files[Symbol.iterator]()
    const work = async () => {
      for (const file of files) {
        if (stop.signal.aborted) return
        await scanner.scan(targetsIn(file, shownPath(file.path), options.maxSize * 1_000_000))
        doneBytes += file.sizeBytes
        progress?.update(doneBytes, `${counted(tally.targets, 'file')} · ${counted(tally.matches, 'match', 'matches')}`)
      }
    }
    const stopped = once(stop.signal, 'abort')
    await Promise.race([Promise.all(Array.from({ length: options.processes }, work)), stopped])
    progress?.stop()
    if (stop.signal.aborted) err.write('stopped before the end: not all files were scanned\n')
    if (!options.quiet) err.write(summaryText(set, tally, performance.now() - startedMs))
    if (stop.signal.aborted) process.exitCode = exitCodes.interrupted
    else if (tally.failed.length > 0) process.exitCode = exitCodes.failed
  } finally {
    progress?.stop()
    release()
    sink.close()
    await yara.close()
  }
}

const plain = { paint: (_style: unknown, text: string) => text }

class Scanner {
  readonly #yara: Yara
  readonly #options: ScanOptions
  readonly #format: MatchFormat
  readonly #sink: ResultSink
  readonly #tally: Tally

  constructor(yara: Yara, options: ScanOptions, format: MatchFormat, sink: ResultSink, tally: Tally) {
    this.#yara = yara
    this.#options = options
    this.#format = format
    this.#sink = sink
    this.#tally = tally
    sink.write(format.head)
  }

  async scan(targets: AsyncIterable<Target>): Promise<void> {
    for await (const target of targets)
      if (target.kind === 'skipped') this.#tally.skipped.push({ name: target.name, reason: target.reason })
      else await this.#scanOne(target)
  }

  async #scanOne(target: Exclude<Target, { kind: 'skipped' }>): Promise<void> {
    const tally = this.#tally
    const sizeBytes = target.kind === 'file' ? target.sizeBytes : target.bytes.byteLength
    const name = basename(target.name)
    try {
      const what = target.kind === 'file' ? { path: target.path, maxBytes: this.#options.maxSize * 1_000_000 } : target
      const matches = await this.#yara.scan(
        what,
        { filename: name, filepath: target.name, extension: extname(name) },
        { timeoutMs: this.#options.timeout * 1000 },
      )
      tally.targets++
      tally.bytes += sizeBytes
      tally.matches += matches.length
      if (matches.length > 0) tally.matchedFiles++
      for (const match of matches) tally.matchesByRule.set(match.rule, (tally.matchesByRule.get(match.rule) ?? 0) + 1)
      this.#sink.write(matches.map((match) => this.#format.text({ file: target.name, sizeBytes, match })).join(''))
    } catch (error) {
      tally.failed.push({ name: target.name, reason: (error as Error).message })
    }
  }
}

/** As it can be opened from here. */
function shownPath(path: string): string {
  const within = relative(process.cwd(), path)
  return within === '' || within.startsWith('..') || isAbsolute(within) ? path : within
}

const shownProblems = 20
const shownRules = 10

function summaryText(set: YaraRuleSet, tally: Tally, elapsedMs: number): string {
  const refused = set.found - set.rules
  const lines = [
    `${counted(tally.targets, 'file')} (${bytesText(tally.bytes)}) scanned with ${counted(set.rules, 'rule')} in ${durationText(elapsedMs)}; rules compiled in ${durationText(set.compileMs)}${refused > 0 ? `, ${countText(refused)} refused` : ''}`,
    `${counted(tally.matches, 'match', 'matches')} in ${counted(tally.matchedFiles, 'file')}`,
  ]
  const rules = [...tally.matchesByRule].sort(([, a], [, b]) => b - a)
  for (const [rule, count] of rules.slice(0, shownRules))
    lines.push(`  ${countText(count).padStart(6)}  ${printable(rule)}`)
  if (rules.length > shownRules) lines.push(`          and ${counted(rules.length - shownRules, 'other rule')}`)
  for (const [title, list] of [
    ['not scanned', tally.failed],
    ['left out', tally.skipped],
  ] as const) {
    if (list.length === 0) continue
    lines.push(`${title}: ${counted(list.length, 'file')}`)
    for (const { name, reason } of list.slice(0, shownProblems))
      lines.push(`  ${printable(name)}: ${printable(reason)}`)
    if (list.length > shownProblems) lines.push(`  and ${countText(list.length - shownProblems)} more`)
  }
  return `${lines.join('\n')}\n`
}

import { normalise } from '@watchfloor/engines/logs'
import {
  compileStixPattern,
  type MetValue,
  type Observation,
  observeEvent,
  readObservations,
  type StixPattern,
} from '@watchfloor/engines/stix-pattern'
import { Command } from 'commander'
import { type FoundFile, findFiles } from '../../input/find-files.ts'
import { defaultLimits } from '../../input/piece.ts'
import { readInput } from '../../input/read-input.ts'
import { exitCodes, Failure } from '../../output/failure.ts'
import { counted, printable } from '../../output/text.ts'
import { type CommandContext, examples } from '../context.ts'
import { readObservedFile } from './observed-file.ts'
import { type PatternOptions, patternText, printPatternDiagnostics, versionOption } from './pattern-input.ts'

interface MatchOptions extends PatternOptions {
  readonly json?: boolean
}

/** Observations that belong to one match. */
interface Found {
  readonly ids: readonly string[]
  readonly met: readonly MetValue[]
}

const maxRecordBytes = 1024 * 1024

export const matchPatternCommand = (context: CommandContext): Command =>
  new Command('match')
    .description('Hold a STIX pattern against observed data or events')
    .argument(
      '<file...>',
      'bundles and lists of observed data (JSON), or files and folders of events, as ingest takes them',
    )
    .option('--pattern <pattern>', 'the pattern')
    .option('--pattern-file <file>', 'a file that holds the pattern')
    .addOption(versionOption())
    .option('--json', 'print each match as a line of JSON: {ids, matched}')
    .addHelpText(
      'after',
      `${examples(
        [`stix match --pattern "[file:name = 'a.exe']" bundle.json`, 'the ids of observed data that match'],
        [`stix match --pattern-file p.txt logs/`, 'records of events that match, as file:record'],
      )}

Ends with 0 when something matches, 1 when nothing does, 2 when the pattern is wrong or the answer cannot be told.`,
    )
    .action(async (files: string[], options: MatchOptions) => {
      try {
        await matchFiles(context, files, options)
      } catch (error) {
        // 1 is an answer here: nothing matches.
        if (error instanceof Failure && error.exitCode === exitCodes.failed) throw asUndecided(error)
        throw error
      }
    })

const asUndecided = ({ message, remedy }: Failure): Failure =>
  new Failure(message, { exitCode: exitCodes.usage, ...(remedy === undefined ? {} : { remedy }) })

async function matchFiles({ terminal }: CommandContext, paths: string[], options: MatchOptions): Promise<void> {
  const { out, err } = terminal
  const text = await patternText(options)
  const compiled = compileStixPattern(text, options.stixVersion)
  printPatternDiagnostics(compiled.diagnostics, text, err)
  if (!compiled.ok) throw new Failure('the pattern is wrong', { exitCode: exitCodes.usage })
  const { pattern } = compiled
  const print = ({ ids, met }: Found): void => {
    if (options.json) out.write(`${JSON.stringify({ ids, matched: met })}\n`)
    else for (const id of ids) out.write(`${printable(id)}\n`)
  }

  const observed: Observation[] = []
  const events = new EventMatching(pattern)
  let matches = 0
  for await (const found of findFiles(paths)) {
    if (found.kind === 'skipped') continue
    const data = await readObservedFile(found.file)
    if (data !== undefined) {
      const { observations, problems } = readObservations(data)
      for (const { id, message } of problems)
        err.write(`${printable(found.file.name)} ${printable(id)} is left out: ${message}\n`)
      for (const one of observations) observed.push(one)
      continue
    }
    for await (const one of events.matchesIn(found.file, (words) => err.write(`${printable(words)}\n`))) {
      matches++
      print(one)
    }
  }
  const looked = events.looked + observed.length
  if (looked === 0) throw new Failure('there is neither observed data nor an event', { exitCode: exitCodes.usage })
  const undecided = matchObserved(pattern, observed, (one) => {
    matches++
    print(one)
  })
  err.write(`${counted(matches, 'match', 'matches')} in ${counted(looked, 'observation')}\n`)
  if (matches > 0) return
  if (undecided !== undefined) throw new Failure(`no decision: ${undecided}`, { exitCode: exitCodes.usage })
  if (events.damaged !== undefined)
    throw new Failure(`no decision: ${events.damaged} cannot be read to its end`, { exitCode: exitCodes.usage })
  process.exitCode = exitCodes.failed
}

/** Of patterns on one observation every match, of others the first. @returns why it cannot be told */
function matchObserved(
  pattern: StixPattern,
  observed: readonly Observation[],
  found: (one: Found) => void,
): string | undefined {
  const groups = pattern.scope === 'event' ? observed.map((one) => [one]) : [observed]
  let undecided: string | undefined
  for (const group of groups) {
    const match = pattern.matchObservations(group)
    if (match.outcome === 'match') found({ ids: match.observations.map(({ id }) => id), met: match.met })
    if (match.outcome === 'undecided') undecided ??= match.reason
  }
  return undecided
}

class EventMatching {
  looked = 0
  /** A file that could not be read to its end. */
  damaged: string | undefined
  readonly #pattern: StixPattern
  readonly #stream: ReturnType<StixPattern['stream']>
  readonly #startedMs = Date.now()

  constructor(pattern: StixPattern) {
    this.#pattern = pattern
    this.#stream = pattern.stream({ maxWaiting: 10_000, maxSteps: 1_000_000 })
  }

  async *matchesIn(file: FoundFile, say: (words: string) => void): AsyncGenerator<Found> {
    for await (const piece of readInput(file, { format: 'auto', maxRecordBytes, limits: defaultLimits })) {
      if (piece.kind === 'damaged') {
        this.damaged ??= piece.name
        say(`${piece.name} cannot be read to its end: ${piece.reason}`)
      }
      if (piece.kind !== 'records') continue
      if (piece.lost.length > 0) say(`${piece.name}: ${counted(piece.lost.length, 'record')} could not be read`)
      for (const [index, line] of piece.lines.entries()) {
        const found = this.#match(line, `${piece.name}:${piece.numbers[index] ?? 0}`)
        if (found !== undefined) yield found
      }
    }
  }

  #match(line: string, id: string): Found | undefined {
    this.looked++
    const observation = observeEvent(normalise(line, { receivedMs: this.#startedMs }), id, this.#pattern.objectTypes)
    if (this.#pattern.scope === 'event') {
      const met = this.#pattern.matchObserved(observation)
      return met === undefined ? undefined : { ids: [id], met }
    }
    const hit = this.#stream.push(observation)
    return hit === undefined ? undefined : { ids: hit.eventIds, met: hit.met }
  }
}

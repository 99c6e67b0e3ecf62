import { readFile, stat } from 'node:fs/promises'
import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { findFiles } from '../../input/find-files.ts'
import { defaultLimits } from '../../input/piece.ts'
import { readInput } from '../../input/read-input.ts'
import { diagnosticText } from '../../output/diagnostics.ts'
import { exitCodes, Failure, usageFailure } from '../../output/failure.ts'
import { counted, printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface TestOptions extends ConnectionOptions {
  readonly events: string
  readonly json?: boolean
}

interface Sample {
  readonly line: string
  readonly place: string
}

const batchEvents = 500
const batchCharacters = 4_000_000
const maxRecordBytes = 1024 * 1024

export const testRuleCommand = (context: CommandContext) =>
  serverCommand('test', 'Try a rule on the events of a file; neither is kept')
    .argument('<rule>', 'a file with a rule, or the id of a rule of the server')
    .requiredOption('--events <path>', 'a file of events, as ingest takes it')
    .option('--json', 'print each match as a line of JSON')
    .addHelpText(
      'after',
      `${examples(['rules test rule.yml --events sample.jsonl', ''], ['rules test 5f1abf38-… --events Security.evtx', ''])}

Ends with 1 when no event matches.`,
    )
    .action((rule: string, options: TestOptions) => testRule(context, rule, options))

async function testRule(context: CommandContext, rule: string, options: TestOptions): Promise<void> {
  const { out, err } = context.terminal
  const { client } = await context.connect(options)
  const yaml = await ruleText(client, rule)
  let events = 0
  let matched = 0
  let rightLogSource = 0
  for await (const samples of batchesOf(options.events)) {
    const answer = unwrap(
      await client.POST('/api/v1/rules/try', { body: { yaml, events: samples.map(({ line }) => line) } }),
    )
    if (!answer.valid) {
      for (const one of answer.diagnostics) out.write(diagnosticText(one, out.paint))
      throw new Failure('the rule has errors')
    }
    events += samples.length
    for (const result of answer.results) {
      if (result.rightLogSource) rightLogSource++
      if (!result.matched) continue
      matched++
      const place = samples[result.index]?.place ?? ''
      if (options.json) out.write(`${JSON.stringify({ place, parser: result.parser, hits: result.hits })}\n`)
      else {
        const hits = result.hits.map((hit) => `    ${printable(hit.selection)}: ${printable(hit.predicate)}\n`)
        out.write(`${out.paint('bold', printable(place))}\n${hits.join('')}`)
      }
    }
  }
  if (events === 0) throw new Failure(`${options.events} holds no events`)
  err.write(
    `${counted(matched, 'match', 'matches')} in ${counted(events, 'event')}, ${rightLogSource} of the rule's log source\n`,
  )
  if (matched === 0) process.exitCode = exitCodes.failed
}

async function ruleText(client: WatchfloorClient, rule: string): Promise<string> {
  const info = await stat(rule).catch(() => undefined)
  if (info?.isFile()) return readFile(rule, 'utf8')
  if (/[/\\]|\.ya?ml$/i.test(rule)) throw usageFailure(`${rule} is not there`)
  return unwrap(await client.GET('/api/v1/rules/{ruleId}', { params: { path: { ruleId: rule } } })).yaml
}

async function* batchesOf(path: string): AsyncGenerator<Sample[]> {
  let batch: Sample[] = []
  let characters = 0
  for await (const found of findFiles([path])) {
    if (found.kind === 'skipped') continue
    for await (const piece of readInput(found.file, { format: 'auto', maxRecordBytes, limits: defaultLimits })) {
      if (piece.kind === 'damaged') throw new Failure(`${piece.name}: ${piece.reason}`)
      if (piece.kind !== 'records') continue
      for (const [index, line] of piece.lines.entries()) {
        if (batch.length >= batchEvents || (batch.length > 0 && characters + line.length > batchCharacters)) {
          yield batch
          batch = []
          characters = 0
        }
        batch.push({ line, place: `${found.file.name}:${piece.numbers[index] ?? 0}` })
        characters += line.length
      }
    }
  }
  if (batch.length > 0) yield batch
}

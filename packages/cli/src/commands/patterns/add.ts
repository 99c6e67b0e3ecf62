import { unwrap } from '@watchfloor/client'
import { newPattern } from '@watchfloor/contracts/intel'
import { tlps } from '@watchfloor/contracts/kernel'
import { checkStixPattern, type PatternVersion } from '@watchfloor/engines/stix-pattern'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { Failure, usageFailure } from '../../output/failure.ts'
import { counted } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { patternText, printPatternDiagnostics, versionOption } from '../stix/pattern-input.ts'

interface AddOptions extends ConnectionOptions {
  readonly patternFile?: string
  readonly stixVersion: PatternVersion
  readonly name: string
  readonly description?: string
  readonly source: string
  readonly confidence: string
  readonly tlp: string
  readonly label?: readonly string[]
  readonly validDays?: string
  readonly json?: boolean
}

const dayMs = 86_400_000
const gathered = (text: string, before: readonly string[] = []): string[] => [...before, text]

export const addPatternCommand = (context: CommandContext) =>
  serverCommand('add', 'Add a STIX pattern; from then on every event is held against it')
    .argument('[pattern]', 'the pattern; or --pattern-file')
    .option('--pattern-file <file>', 'a file that holds the pattern')
    .addOption(versionOption())
    .requiredOption('--name <name>', 'what its alerts are called')
    .requiredOption('--source <name>', 'who says so')
    .option('--description <text>', 'more about it')
    .option('--confidence <percent>', '80 and above alerts as high, 50 as medium', '50')
    .addOption(new Option('--tlp <tlp>', 'with whom it may be shared').choices([...tlps]).default('amber'))
    .option('--label <label>', 'may be repeated', gathered)
    .option('--valid-days <days>', 'for how long it matches; for ever when absent')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples([
        `patterns add "[process:command_line LIKE '%vssadmin%delete%']" --name "Shadow copies deleted" --source us`,
        '',
      ]),
    )
    .action(async (given: string | undefined, options: AddOptions) => {
      const { out, err } = context.terminal
      const pattern = await patternText({ ...options, ...(given === undefined ? {} : { pattern: given }) })
      const { diagnostics } = checkStixPattern(pattern, options.stixVersion)
      printPatternDiagnostics(diagnostics, pattern, err)
      if (diagnostics.some((one) => one.level === 'error')) throw new Failure('the pattern cannot run')
      const { client } = await context.connect(options)
      const made = unwrap(await client.POST('/api/v1/patterns', { body: bodyOf(pattern, options) }))
      if (options.json) out.write(`${JSON.stringify(made)}\n`)
      else
        out.write(
          `${made.id}  ${made.scope === 'index' ? `kept as ${counted(made.indicators, 'indicator')}` : `matched by ${made.scope}`}\n`,
        )
    })

function bodyOf(pattern: string, options: AddOptions) {
  const { name, description, source, confidence, tlp, label, validDays, stixVersion } = options
  const days = validDays === undefined ? undefined : Number(validDays)
  if (days !== undefined && !(days > 0)) throw usageFailure('--valid-days is a number of days', 'e.g. --valid-days 30')
  const body = newPattern.safeParse({
    pattern,
    patternVersion: stixVersion,
    name,
    source,
    description: description ?? null,
    confidence: Number(confidence),
    tlp,
    labels: label ?? [],
    validUntil: days === undefined ? null : new Date(Date.now() + days * dayMs).toISOString(),
  })
  if (body.success) return body.data
  const issue = body.error.issues[0]
  throw usageFailure(`${issue?.path.join('.') ?? 'option'}: ${issue?.message ?? 'not valid'}`)
}

import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { unwrap } from '@watchfloor/client'
import { type PatternImport, type PatternImportResult, patternImport } from '@watchfloor/contracts/intel'
import { tlps } from '@watchfloor/contracts/kernel'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { Failure, usageFailure } from '../../output/failure.ts'
import { showProgress } from '../../output/progress.ts'
import { detailText } from '../../output/table.ts'
import { counted, countText, printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { partsOf, readBundle } from './bundle.ts'

interface ImportOptions extends ConnectionOptions {
  readonly source?: string
  readonly confidence: string
  readonly tlp: string
  readonly label?: readonly string[]
  readonly json?: boolean
}

const shownProblems = 20
const gathered = (text: string, before: readonly string[] = []): string[] => [...before, text]

export const importPatternsCommand = (context: CommandContext) =>
  serverCommand('import', 'Keep the STIX patterns of bundles, and update those that are there')
    .argument('<file...>', 'STIX bundles, 2.0 or 2.1 (JSON); - is standard input')
    .option('--source <name>', 'where the bundle names nobody; the name of the file when absent')
    .option('--confidence <percent>', 'where the indicator does not say', '50')
    .addOption(new Option('--tlp <tlp>', 'where the indicator does not say').choices([...tlps]).default('amber'))
    .option('--label <label>', 'put on all of them; may be repeated', gathered)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `${examples(['patterns import report.json --source "Example CERT" --confidence 80', ''])}

Patterns that merely list values become indicators. What cannot run is told, and the others are kept.`,
    )
    .action((files: string[], options: ImportOptions) => importBundles(context, files, options))

async function importBundles(context: CommandContext, files: readonly string[], options: ImportOptions): Promise<void> {
  const { terminal } = context
  const { client } = await context.connect(options)
  const total = { added: 0, updated: 0, unchanged: 0, refused: 0, passedOver: 0, indicators: 0 }
  const problems: (PatternImportResult['problems'][number] & { file: string })[] = []
  for (const file of files) {
    const objects = readBundle(await read(file), file)
    const common = settingsOf(file, options)
    const progress = showProgress(terminal.err, `importing ${basename(file)}`, objects.length)
    let seen = 0
    try {
      for (const part of partsOf(objects)) {
        const body = { ...common, bundle: { type: 'bundle' as const, objects: part.objects } }
        const result = unwrap(await client.POST('/api/v1/patterns/import', { body }))
        for (const name of ['added', 'updated', 'unchanged', 'refused', 'indicators'] as const)
          total[name] += result[name]
        const { added, updated, unchanged, refused } = result
        total.passedOver += part.indicators - added - updated - unchanged - refused
        problems.push(...result.problems.map((one) => ({ file, ...one })))
        seen += part.indicators
        progress.update(seen, counted(seen, 'indicator'))
      }
      total.passedOver += objects.length - seen
    } finally {
      progress.stop()
    }
  }
  if (options.json) terminal.out.write(`${JSON.stringify({ ...total, problems })}\n`)
  else {
    for (const { file, stixId, name, message } of problems.slice(0, shownProblems))
      terminal.out.write(`${printable(file)}: ${printable(name || stixId)}: ${printable(message)}\n`)
    terminal.out.write(
      detailText(
        [
          ['added', countText(total.added)],
          ['updated', countText(total.updated)],
          ['unchanged', countText(total.unchanged)],
          ['refused', countText(total.refused)],
          ['passed over', countText(total.passedOver)],
          ['kept as indicators', countText(total.indicators)],
        ],
        (name) => terminal.out.paint('bold', name),
      ),
    )
  }
  if (total.added + total.updated + total.unchanged + total.refused === 0)
    throw new Failure('the bundles hold no indicators with STIX patterns')
}

function settingsOf(file: string, options: ImportOptions): Omit<PatternImport, 'bundle'> {
  const settings = patternImport.omit({ bundle: true }).safeParse({
    source: options.source ?? (file === '-' ? undefined : basename(file).slice(0, 120)),
    confidence: Number(options.confidence),
    tlp: options.tlp,
    labels: options.label ?? [],
  })
  if (settings.success) return settings.data
  const issue = settings.error.issues[0]
  throw usageFailure(
    `${issue?.path.join('.') ?? 'option'}: ${issue?.message ?? 'not valid'}`,
    'Name the source with --source NAME.',
  )
}

async function read(file: string): Promise<string> {
  try {
    return file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

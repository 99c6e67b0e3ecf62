import { basename, resolve } from 'node:path'
import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import type { Diagnostic } from '@watchfloor/contracts/rules'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { findRuleFiles, type RuleFile } from '../../input/rule-files.ts'
import { diagnosticText } from '../../output/diagnostics.ts'
import { Failure } from '../../output/failure.ts'
import { showProgress } from '../../output/progress.ts'
import { detailText } from '../../output/table.ts'
import type { Terminal } from '../../output/terminal.ts'
import { counted, countText, durationText } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { fileBatches } from './file-batches.ts'

interface ImportOptions extends ConnectionOptions {
  readonly pack?: string
  readonly json?: boolean
  readonly warnings?: boolean
}

interface ImportTotals {
  files: number
  added: number
  updated: number
  unchanged: number
  kept: number
  refused: number
  waiting: number
  enabled: number
}

export const importCommand = (context: CommandContext) =>
  serverCommand('import', 'Add Sigma rules to the server, and update those that are there')
    .argument('<path...>', 'files, folders and .zip archives')
    .option('--pack <name>', 'what they are kept under; the last part of each path when absent')
    .option('--warnings', 'list warnings and hints too, not refusals alone')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `${examples(
        ['rules import sigma/rules', 'a folder'],
        ['rules import sigma.zip --pack sigma', 'an archive, as pack sigma'],
      )}

A rule with errors is refused by itself: the others are taken. Rules that somebody switched on or off stay so.`,
    )
    .action((paths: string[], options: ImportOptions) => importRules(context, paths, options))

async function importRules(context: CommandContext, paths: readonly string[], options: ImportOptions): Promise<void> {
  const { terminal } = context
  const { client } = await context.connect(options)
  const startedMs = performance.now()
  const totals: ImportTotals = {
    files: 0,
    added: 0,
    updated: 0,
    unchanged: 0,
    kept: 0,
    refused: 0,
    waiting: 0,
    enabled: 0,
  }
  const diagnostics: Diagnostic[] = []
  const skipped: { name: string; reason: string }[] = []
  for (const path of paths) {
    const { files, skipped: others } = await filesUnder(path)
    skipped.push(...others)
    const pack = options.pack ?? basename(resolve(path))
    const progress = showProgress(terminal.err, `importing ${pack}`, files.length)
    let done = 0
    try {
      for (const batch of fileBatches(files)) {
        const { diagnostics: said, ...counts } = await send(client, pack, batch)
        for (const [name, count] of Object.entries(counts)) totals[name as keyof ImportTotals] += count
        const shownPaths = new Map(batch.map((file) => [file.path, file.shownPath]))
        diagnostics.push(...said.map((one) => ({ ...one, file: shownPaths.get(one.file) ?? one.file })))
        totals.files += batch.length
        done += batch.length
        progress.update(done, `${countText(done)} files`)
      }
    } finally {
      progress.stop()
    }
  }
  if (totals.files === 0) throw new Failure('no .yml or .yaml file is there')
  const elapsedMs = performance.now() - startedMs
  if (options.json)
    terminal.out.write(
      `${JSON.stringify({ ...totals, seconds: Number((elapsedMs / 1000).toFixed(3)), skipped, diagnostics })}\n`,
    )
  else print(terminal, { totals, diagnostics, skipped, elapsedMs, withWarnings: options.warnings === true })
}

async function filesUnder(path: string) {
  const files: RuleFile[] = []
  const skipped: { name: string; reason: string }[] = []
  for await (const found of findRuleFiles([path])) {
    if (found.kind === 'file') files.push(found.file)
    else skipped.push({ name: found.name, reason: found.reason })
  }
  return { files, skipped }
}

const send = async (client: WatchfloorClient, pack: string, files: readonly RuleFile[]) =>
  unwrap(
    await client.POST('/api/v1/rules/import', {
      // An empty file is the server's to refuse, with the reason.
      body: { pack, files: files.map(({ path, text }) => ({ path, text })) },
    }),
  )

interface Outcome {
  readonly totals: ImportTotals
  readonly diagnostics: readonly Diagnostic[]
  readonly skipped: readonly { name: string; reason: string }[]
  readonly elapsedMs: number
  readonly withWarnings: boolean
}

function print({ out }: Terminal, { totals, diagnostics, skipped, elapsedMs, withWarnings }: Outcome): void {
  const shown = diagnostics.filter(({ level }) => withWarnings || level === 'error')
  for (const one of shown) out.write(diagnosticText(one, out.paint))
  if (shown.length > 0) out.write('\n')
  const hidden = diagnostics.length - shown.length
  out.write(
    detailText(
      [
        [
          'files',
          `${countText(totals.files)}${skipped.length > 0 ? `, ${countText(skipped.length)} skipped (no .yml or .yaml, or unreadable)` : ''}`,
        ],
        ['added', countText(totals.added)],
        ['updated', countText(totals.updated)],
        ['unchanged', countText(totals.unchanged)],
        ['kept', totals.kept > 0 ? `${countText(totals.kept)} (changed here; the new text is offered)` : ''],
        ['refused', countText(totals.refused)],
        ['waiting', totals.waiting > 0 ? `${countText(totals.waiting)} (for rules that they name)` : '0'],
        ['enabled', `${countText(totals.enabled)} by the policy or by hand`],
        [
          'warnings',
          hidden > 0 ? `${counted(hidden, 'warning or hint', 'warnings and hints')}; --warnings lists them` : '',
        ],
        ['time', durationText(elapsedMs)],
      ],
      (name) => out.paint('bold', name),
    ),
  )
}

import { type Diagnostic, sigmaLevels } from '@watchfloor/engines/sigma'
import { Command } from 'commander'
import { RememberingParser } from '../../input/parsed-rules.ts'
import { diagnosticText } from '../../output/diagnostics.ts'
import { exitCodes, Failure } from '../../output/failure.ts'
import { counted } from '../../output/text.ts'
import { type CommandContext, examples } from '../context.ts'
import { loadPipelines } from '../hunt/load-pipelines.ts'
import { loadPlaceholders } from '../hunt/load-placeholders.ts'
import { loadRules } from '../hunt/load-rules.ts'
import { ruleSetOf } from '../hunt/rule-set.ts'

interface CheckOptions {
  readonly pipeline?: readonly string[]
  readonly placeholders?: readonly string[]
  readonly json?: boolean
  readonly quiet?: boolean
}

const gathered = (text: string, before: readonly string[] = []): string[] => [...before, text]

export const checkCommand = (context: CommandContext): Command =>
  new Command('check')
    .description('Check rules in files, without a server')
    .argument('<path...>', 'files, folders and .zip archives of Sigma rules')
    .option('-p, --pipeline <file>', 'check the rules as this pipeline makes them; may be repeated', gathered)
    .option('--placeholders <file>', 'YAML of names and values for "expand"; may be repeated', gathered)
    .option('--json', 'print each diagnostic as a line of JSON')
    .option('-q, --quiet', 'errors alone, no warnings and hints')
    .addHelpText(
      'after',
      `${examples(
        ['rules check rules/', 'all rules of a folder, with their correlations and filters'],
        ['rules check rules/ --quiet', 'for a pipeline: errors alone'],
        ['rules check rules/ --pipeline winlogbeat', 'the rules and what a pipeline makes of them'],
      )}

Ends with 1 when a rule, correlation, filter, pipeline or file of placeholders has errors.`,
    )
    .action(async (paths: string[], options: CheckOptions) => {
      const { out, err } = context.terminal
      const { pipelines, diagnostics } = await loadPipelines(options.pipeline ?? [])
      const given = loadPlaceholders(options.placeholders ?? [])
      const parser = new RememberingParser(context.environment.cacheDir, paths)
      const loaded = await loadRules(paths, { pipelines, placeholders: given.placeholders, parser })
      if (loaded.files + loaded.diagnostics.length === 0) throw new Failure('no .yml or .yaml file is there')
      const set = ruleSetOf(loaded, sigmaLevels[0])
      const all = inOrder([...diagnostics, ...given.diagnostics, ...loaded.diagnostics, ...set.diagnostics])
      const count = { error: 0, warning: 0, hint: 0 }
      for (const one of all) {
        count[one.level]++
        if (options.quiet && one.level !== 'error') continue
        out.write(options.json ? `${JSON.stringify(one)}\n` : diagnosticText(one, out.paint))
      }
      const ready = [counted(loaded.compiled.length, 'rule')]
      if (loaded.correlations.length > 0) ready.push(counted(set.correlations.length, 'correlation'))
      if (loaded.filterCount > 0) ready.push(counted(loaded.filterCount, 'filter'))
      const problems = [counted(count.error, 'error'), counted(count.warning, 'warning'), counted(count.hint, 'hint')]
      err.write(`${counted(loaded.files, 'file')}: ${ready.join(', ')} ready; ${problems.join(', ')}\n`)
      if (count.error > 0) process.exitCode = exitCodes.failed
    })

/** By file, as the files came; within one by line. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const byFile = new Map<string, Diagnostic[]>()
  for (const one of diagnostics) {
    const list = byFile.get(one.file) ?? []
    byFile.set(one.file, list)
    list.push(one)
  }
  return [...byFile.values()].flatMap((list) => list.sort((a, b) => a.line - b.line || a.column - b.column))
}

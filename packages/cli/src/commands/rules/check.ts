import { compileRules, parseRules } from '@watchfloor/engines/sigma'
import { Command } from 'commander'
import { findRuleFiles, type RuleFile } from '../../input/rule-files.ts'
import { diagnosticText } from '../../output/diagnostics.ts'
import { exitCodes, Failure } from '../../output/failure.ts'
import { counted } from '../../output/text.ts'
import { type CommandContext, examples } from '../context.ts'

interface CheckOptions {
  readonly json?: boolean
  readonly quiet?: boolean
}

export const checkCommand = (context: CommandContext): Command =>
  new Command('check')
    .description('Check rules in files, without a server')
    .argument('<path...>', 'files, folders and .zip archives of Sigma rules')
    .option('--json', 'print each diagnostic as a line of JSON')
    .option('-q, --quiet', 'errors alone, no warnings and hints')
    .addHelpText(
      'after',
      `${examples(
        ['rules check rules/', 'all rules of a folder'],
        ['rules check rules/ --quiet', 'for a pipeline: errors alone'],
      )}

Ends with 1 when a rule has errors.`,
    )
    .action(async (paths: string[], options: CheckOptions) => {
      const { out, err } = context.terminal
      const count = { files: 0, rules: 0, others: 0, error: 0, warning: 0, hint: 0 }
      for await (const found of findRuleFiles(paths)) {
        if (found.kind === 'skipped') continue
        const checked = checkFile(found.file)
        count.files++
        count.rules += checked.rules
        count.others += checked.others
        for (const one of checked.diagnostics) {
          count[one.level]++
          if (options.quiet && one.level !== 'error') continue
          out.write(options.json ? `${JSON.stringify(one)}\n` : diagnosticText(one, out.paint))
        }
      }
      if (count.files === 0) throw new Failure('no .yml or .yaml file is there')
      const others =
        count.others > 0 ? `, ${counted(count.others, 'correlation or filter', 'correlations and filters')}` : ''
      err.write(
        `${counted(count.files, 'file')}: ${counted(count.rules, 'rule')} ready${others}; ${counted(count.error, 'error')}, ${counted(count.warning, 'warning')}, ${counted(count.hint, 'hint')}\n`,
      )
      if (count.error > 0) process.exitCode = exitCodes.failed
    })

function checkFile({ shownPath, text }: RuleFile) {
  const parsed = parseRules(text, shownPath)
  const { compiled, diagnostics } = compileRules(parsed.rules)
  return {
    rules: compiled.length,
    others: parsed.others.length,
    // What compiling says is named by the rule; where it stands is what a person can open.
    diagnostics: [...parsed.diagnostics, ...diagnostics.map((one) => ({ ...one, file: shownPath }))],
  }
}

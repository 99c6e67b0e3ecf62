import { checkStixPattern } from '@watchfloor/engines/stix-pattern'
import { Command } from 'commander'
import { exitCodes } from '../../output/failure.ts'
import { type CommandContext, examples } from '../context.ts'
import { type PatternOptions, patternText, printPatternDiagnostics, versionOption } from './pattern-input.ts'

interface CheckOptions extends Omit<PatternOptions, 'pattern'> {
  readonly json?: boolean
}

export const checkPatternCommand = (context: CommandContext): Command =>
  new Command('check')
    .description('Check a pattern')
    .argument('[pattern]', 'the pattern; or --pattern-file')
    .option('--pattern-file <file>', 'a file that holds the pattern')
    .addOption(versionOption())
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `${examples([`stix check "[ipv4-addr:value = '198.51.100.7']"`, ''])}

Ends with 1 when the specification does not allow the pattern.`,
    )
    .action(async (pattern: string | undefined, options: CheckOptions) => {
      const { out, err } = context.terminal
      const text = await patternText({ ...options, ...(pattern === undefined ? {} : { pattern }) })
      const { valid, diagnostics } = checkStixPattern(text, options.stixVersion)
      if (options.json) out.write(`${JSON.stringify({ valid, diagnostics })}\n`)
      else {
        printPatternDiagnostics(diagnostics, text, out)
        err.write(valid ? 'the pattern is valid\n' : 'the pattern is not valid\n')
      }
      if (!valid) process.exitCode = exitCodes.failed
    })

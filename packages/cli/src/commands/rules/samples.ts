import { readFile } from 'node:fs/promises'
import { unwrap } from '@watchfloor/client'
import { Command } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { exitCodes, Failure } from '../../output/failure.ts'
import { printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

export const samplesCommand = (context: CommandContext): Command =>
  new Command('samples')
    .description('Events kept with a rule that it must match or must not')
    .addCommand(runSamplesCommand(context))
    .addCommand(addSampleCommand(context))

const runSamplesCommand = (context: CommandContext) =>
  serverCommand('run', 'Run the samples of a rule')
    .argument('<rule>', 'its id')
    .option('--text <file>', 'a text of the rule that is not saved')
    .addHelpText(
      'after',
      `${examples(['rules samples run 5f1abf38-… --text rule.yml', 'before it is saved'])}\n\nEnds with 1 when one comes out wrong.`,
    )
    .action(async (ruleId: string, options: ConnectionOptions & { text?: string }) => {
      const { client } = await context.connect(options)
      const yaml = options.text === undefined ? undefined : await textOf(options.text)
      const { passed, failed, results } = unwrap(
        await client.POST('/api/v1/rules/{ruleId}/samples/run', {
          params: { path: { ruleId } },
          body: yaml === undefined ? {} : { yaml },
        }),
      )
      const { out } = context.terminal
      for (const one of results) {
        const mark = one.passed ? out.paint('green', 'right') : out.paint('red', 'wrong')
        const did = one.matched ? 'matches' : one.rightLogSource ? 'does not match' : 'is of another log source'
        const must = one.expected === 'match' ? 'must match' : 'must not match'
        out.write(`${mark}  ${printable(one.name)}: ${must}, ${did}\n`)
      }
      out.write(`${passed} right, ${failed} wrong\n`)
      if (failed > 0) process.exitCode = exitCodes.failed
    })

const addSampleCommand = (context: CommandContext) =>
  serverCommand('add', 'Keep an event with a rule')
    .argument('<rule>', 'its id')
    .argument('<file>', 'one event, as JSON or as a raw line')
    .requiredOption('--name <words>', 'what it is')
    .option('--no-match', 'the rule must not match it')
    .action(async (ruleId: string, file: string, options: ConnectionOptions & { name: string; match: boolean }) => {
      const { client } = await context.connect(options)
      const made = unwrap(
        await client.POST('/api/v1/rules/{ruleId}/samples', {
          params: { path: { ruleId } },
          body: {
            name: options.name,
            expected: options.match ? 'match' : 'no-match',
            event: (await textOf(file)).trim(),
          },
        }),
      )
      context.terminal.out.write(`${made.id} ${made.outcome?.passed ? 'right' : 'wrong'}\n`)
    })

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

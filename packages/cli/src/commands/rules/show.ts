import { unwrap } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { paintSeverity } from '../../output/colour.ts'
import { diagnosticText } from '../../output/diagnostics.ts'
import { timeText } from '../../output/list.ts'
import { detailText } from '../../output/table.ts'
import { printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

export const showRuleCommand = (context: CommandContext) =>
  serverCommand('show', 'One rule with its text')
    .argument('<id>', 'the rule')
    .option('--json', 'print one JSON object')
    .option('--yaml', 'print its text alone')
    .addHelpText('after', examples(['rules show 5f1abf38-…', ''], ['rules show 5f1abf38-… --yaml > rule.yml', '']))
    .action(async (ruleId: string, options: ConnectionOptions & { json?: boolean; yaml?: boolean }) => {
      const { client } = await context.connect(options)
      const rule = unwrap(await client.GET('/api/v1/rules/{ruleId}', { params: { path: { ruleId } } }))
      const { out } = context.terminal
      if (options.json) return out.write(`${JSON.stringify(rule)}\n`)
      if (options.yaml) return out.write(rule.yaml.endsWith('\n') ? rule.yaml : `${rule.yaml}\n`)
      out.write(
        detailText([
          ['id', rule.id],
          ['title', printable(rule.title)],
          ['level', paintSeverity(out.paint, rule.level)],
          ['status', rule.status],
          ['on', `${rule.enabled ? 'yes' : 'no'} (${rule.switch === 'policy' ? 'by the policy' : 'by hand'})`],
          ['state', rule.state],
          [
            'log source',
            [rule.logSource.product, rule.logSource.category, rule.logSource.service].filter(Boolean).join(' · '),
          ],
          ['techniques', rule.techniques.join(', ')],
          ['origin', printable(rule.origin)],
          ['version', `${rule.version}, ${timeText(rule.updatedAt)}`],
          ['detections', `${rule.detections7d} in seven days`],
        ]),
      )
      for (const one of rule.diagnostics) out.write(diagnosticText(one, out.paint))
      out.write(
        `\n${rule.yaml
          .split('\n')
          .map((line) => printable(line.replaceAll('\t', '  ')))
          .join('\n')
          .trimEnd()}\n`,
      )
    })

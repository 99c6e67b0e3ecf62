import { unwrap } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { timeText } from '../../output/list.ts'
import { detailText } from '../../output/table.ts'
import { countText, printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

export const showHuntCommand = (context: CommandContext) =>
  serverCommand('show', 'One run: how far it is, when and on whom it has hit')
    .argument('<run>', 'the run')
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples(['hunts show RUN', '']))
    .action(async (runId: string, options: ConnectionOptions & { json?: boolean }) => {
      const { client } = await context.connect(options)
      const params = { path: { runId } }
      const run = unwrap(await client.GET('/api/v1/hunts/runs/{runId}', { params }))
      const summary = unwrap(await client.GET('/api/v1/hunts/runs/{runId}/summary', { params }))
      const { out } = context.terminal
      if (options.json) return out.write(`${JSON.stringify({ ...run, summary })}\n`)
      const ranked = summary.entities.map(
        ({ field, values }) =>
          [field, values.map(({ value, count }) => `${printable(value)} (${count})`).join(', ')] as [string, string],
      )
      out.write(
        detailText([
          ['id', run.id],
          ['name', printable(run.name)],
          ['state', run.message ? `${run.state}: ${printable(run.message)}` : run.state],
          ['looks for', run.kind],
          ['from', timeText(run.from)],
          ['to', timeText(run.to)],
          ['events', `${countText(run.eventsDone)} of ${run.eventsTotal === null ? '?' : countText(run.eventsTotal)}`],
          ['hits', countText(run.hits)],
          ['detections', countText(run.detections)],
          ...summary.rules.map(
            (rule) => [`by ${rule.level} rule`, `${printable(rule.title)} (${rule.count})`] as [string, string],
          ),
          ...ranked,
        ]),
      )
    })

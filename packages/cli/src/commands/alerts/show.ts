import { unwrap } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { paintSeverity } from '../../output/colour.ts'
import { timeText } from '../../output/list.ts'
import { detailText } from '../../output/table.ts'
import { printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

export const showAlertCommand = (context: CommandContext) =>
  serverCommand('show', 'One alert: its rule, what matched, its activity, and similar ones')
    .argument('<id>', 'the alert')
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples(['alerts show ALERT', '']))
    .action(async (alertId: string, options: ConnectionOptions & { json?: boolean }) => {
      const { client } = await context.connect(options)
      const alert = unwrap(await client.GET('/api/v1/alerts/{alertId}', { params: { path: { alertId } } }))
      const { out } = context.terminal
      if (options.json) return out.write(`${JSON.stringify(alert)}\n`)
      const detection = alert.detections[0]
      const why =
        detection &&
        (await client.GET('/api/v1/alerts/{alertId}/why', {
          params: { path: { alertId }, query: { eventId: detection.eventId } },
        }))
      const hits = why?.data?.hits ?? []
      out.write(
        detailText([
          ['id', alert.id],
          ['title', printable(alert.title)],
          ['severity', paintSeverity(out.paint, alert.severity)],
          ['status', alert.resolution ? `${alert.status} (${alert.resolution})` : alert.status],
          ['assignee', printable(alert.assignee?.name ?? 'nobody')],
          ['rule', `${printable(alert.ruleTitle)} (${alert.ruleId})`],
          ['techniques', alert.techniques.join(', ')],
          ...Object.entries(alert.entities).map(([name, value]) => [name, printable(value)] as const),
          ['detections', `${alert.count}, ${timeText(alert.firstSeenAt)} to ${timeText(alert.lastSeenAt)}`],
          ['about', printable(alert.ruleDescription ?? '')],
          ['matched', hits.map((hit) => printable(`${hit.predicate}: ${hit.value}`)).join('\n')],
          ['events', alert.detections.map(({ eventId, time }) => `${timeText(time)}  ${eventId}`).join('\n')],
          ['activity', alert.activity.map(activityText).join('\n')],
          [
            'similar',
            alert.similar.map(({ id, title, shared }) => printable(`${id}  ${title} (${shared})`)).join('\n'),
          ],
        ]),
      )
    })

interface Activity {
  readonly at: string
  readonly by: { readonly name: string } | null
  readonly kind: string
  readonly text: string | null
  readonly before: string | null
  readonly after: string | null
}

function activityText({ at, by, kind, text, before, after }: Activity): string {
  const change = before !== null || after !== null ? ` ${before ?? 'nothing'} → ${after ?? 'nothing'}` : ''
  return printable(`${timeText(at)}  ${by?.name ?? 'Watchfloor'}: ${kind}${change}${text ? `: ${text}` : ''}`)
}

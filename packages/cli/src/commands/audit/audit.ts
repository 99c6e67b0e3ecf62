import { unwrap } from '@watchfloor/client'
import { Command } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { parseInstant, parseSpanMs } from '../../input/time-span.ts'
import { exitCodes } from '../../output/failure.ts'
import { type Column, type ListOptions, listCommand, printPages, timeText } from '../../output/list.ts'
import { counted, countText } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface AuditListOptions extends ConnectionOptions, ListOptions {
  readonly actor?: string
  readonly action?: string
  readonly object?: string
  readonly last?: number
  readonly from?: string
  readonly to?: string
}

interface AuditRecord {
  readonly number: number | null
  readonly at: string
  readonly actor: { readonly name: string }
  readonly action: string
  readonly object: { readonly type: string; readonly id: string; readonly title?: string | undefined }
  readonly reason: string | null
  readonly count: number | null
  readonly ip: string | null
}

const columns: Column<AuditRecord>[] = [
  { title: 'number', value: (record) => record.number, align: 'right' },
  { title: 'at', value: (record) => timeText(record.at) },
  { title: 'who', value: (record) => record.actor.name },
  { title: 'did', value: (record) => record.action },
  { title: 'to', value: ({ object }) => `${object.type} ${object.title ?? object.id}` },
  { title: 'count', value: (record) => record.count, align: 'right' },
  { title: 'from', value: (record) => record.ip },
  { title: 'reason', value: (record) => record.reason },
]

const listAuditCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Who did what, newest first').argument('[words...]', 'anywhere in the record'))
    .option('--actor <who>', 'an id, or a part of a name')
    .option('--action <action>', 'an action or its beginning, e.g. alerts.')
    .option('--object <type>', 'a type of object, e.g. user')
    .option('--last <span>', 'of the last 30m, 24h, 7d …', parseSpanMs)
    .option('--from <time>', 'since', parseInstant)
    .option('--to <time>', 'until', parseInstant)
    .addHelpText('after', examples(['audit list --action rules. --last 7d', 'what became of rules this week']))
    .action(async (words: string[], options: AuditListOptions) => {
      const { client } = await context.connect(options)
      const { actor, action, object, last, to } = options
      const from = last === undefined ? options.from : new Date(Date.now() - last).toISOString()
      const filter = {
        ...(words.length > 0 && { text: words.join(' ') }),
        ...(actor && { actor }),
        ...(action && { action }),
        ...(object && { objectType: object }),
        ...(from && { from }),
        ...(to && { to }),
      }
      await printPages(context.terminal, options, columns, async (page) =>
        unwrap(await client.GET('/api/v1/audit', { params: { query: { ...page, ...filter } } })),
      )
    })

const verifyAuditCommand = (context: CommandContext) =>
  serverCommand('verify', 'Compute every hash of the audit log again')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `${examples(['audit verify', ''])}\n\nEnds with 1 when a record was changed, removed or moved.`,
    )
    .action(async (options: ConnectionOptions & { json?: boolean }) => {
      const { client } = await context.connect(options)
      const found = unwrap(await client.GET('/api/v1/audit/verify'))
      const { out } = context.terminal
      const { intact, checked, head, unsealed, firstBroken } = found
      if (options.json) out.write(`${JSON.stringify(found)}\n`)
      else if (intact)
        out.write(
          `${out.paint('green', 'intact')}: ${counted(checked, 'record')}${head ? `, up to number ${countText(head.number)} ${head.hash}` : ''}${unsealed > 0 ? `; ${countText(unsealed)} not sealed yet` : ''}\n`,
        )
      else
        out.write(
          `${out.paint('red', 'broken')}${firstBroken ? ` at number ${countText(firstBroken.number)}: ${firstBroken.kind}: ${firstBroken.message}` : ''}\n`,
        )
      if (!intact) process.exitCode = exitCodes.failed
    })

export const auditCommand = (context: CommandContext): Command =>
  new Command('audit')
    .description('The audit log: look, verify')
    .addCommand(listAuditCommand(context))
    .addCommand(verifyAuditCommand(context))

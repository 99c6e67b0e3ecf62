import { unwrap } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { timeText } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

export const scheduleHuntCommand = (context: CommandContext) =>
  serverCommand('schedule', 'Let a saved hunt run by itself, or no longer')
    .argument('<hunt>', 'the saved hunt')
    .argument('<cron>', 'five fields in UTC, e.g. "0 6 * * *"; or never')
    .addHelpText(
      'after',
      examples(['hunts schedule HUNT "0 * * * *"', 'every hour'], ['hunts schedule HUNT never', '']),
    )
    .action(async (huntId: string, cron: string, options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      const params = { path: { huntId } }
      const known = unwrap(await client.GET('/api/v1/hunts/{huntId}', { params }))
      const { name, description, tags, search, range, sourceIds, narrowing, keep, alerts } = known
      const schedule = cron === 'never' ? null : cron
      const body = { name, description, tags, search, range, sourceIds, narrowing, keep, alerts, schedule }
      const saved = unwrap(
        await client.PUT('/api/v1/hunts/{huntId}', { params, body: { ...body, expectedVersion: known.version } }),
      )
      const next = saved.nextRunAt === null ? 'by hand alone' : `next at ${timeText(saved.nextRunAt)}`
      context.terminal.err.write(`${saved.name} runs ${next}\n`)
    })

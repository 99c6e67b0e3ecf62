import { writeFile } from 'node:fs/promises'
import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { usageFailure } from '../../output/failure.ts'
import { type Column, type ListOptions, listCommand, printList } from '../../output/list.ts'
import { countText } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface CoverageOptions extends ConnectionOptions, ListOptions {
  readonly days: string
  readonly product?: string
  readonly gaps?: boolean
  readonly layer?: string
}

const getCoverage = async (client: WatchfloorClient, query: { days: number; product?: string }) =>
  unwrap(await client.GET('/api/v1/coverage', { params: { query } }))
type Technique = Awaited<ReturnType<typeof getCoverage>>['techniques'][number]

const columns: Column<Technique>[] = [
  { title: 'technique', value: (one) => one.id },
  { title: 'name', value: (one) => one.name },
  { title: 'tactics', value: (one) => one.tactics.join(', ') },
  { title: 'rules', value: (one) => one.rules, align: 'right' },
  { title: 'on', value: (one) => one.enabled, align: 'right' },
  { title: 'detections', value: (one) => one.detections, align: 'right' },
]

export const coverageCommand = (context: CommandContext) =>
  listCommand(serverCommand('coverage', 'Rules and detections by technique of ATT&CK'))
    .option('--days <number>', 'of detections', '30')
    .option('--product <product>', 'of the log source, e.g. windows')
    .option('--gaps', 'techniques without a rule that runs')
    .option('--layer <file>', 'write a layer for the ATT&CK Navigator instead')
    .addHelpText(
      'after',
      examples(['rules coverage --gaps --limit all', ''], ['rules coverage --layer coverage.json', '']),
    )
    .action(async (options: CoverageOptions) => {
      const days = Number(options.days)
      if (!Number.isInteger(days) || days < 1) throw usageFailure(`${options.days} is no number of days`)
      const query = { days, ...(options.product ? { product: options.product } : {}) }
      const { client } = await context.connect(options)
      const { terminal } = context
      if (options.layer !== undefined) {
        const layer = unwrap(await client.GET('/api/v1/coverage/navigator', { params: { query } }))
        await writeFile(options.layer, `${JSON.stringify(layer, null, 2)}\n`)
        terminal.err.write(`${countText(layer.techniques.length)} techniques written to ${options.layer}\n`)
        return
      }
      const { techniques } = await getCoverage(client, query)
      const shown = techniques.filter((one) => (options.gaps ? one.enabled === 0 : one.rules > 0))
      await printList(terminal, options, columns, shown)
    })

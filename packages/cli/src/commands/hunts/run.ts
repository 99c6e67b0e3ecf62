import { setTimeout as sleep } from 'node:timers/promises'
import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { Failure } from '../../output/failure.ts'
import { type ListOptions, listCommand } from '../../output/list.ts'
import { showProgress } from '../../output/progress.ts'
import type { Terminal } from '../../output/terminal.ts'
import { counted, countText } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { printHits } from './hits.ts'
import { rangeOf, type SearchOptions, searchOf, sourceIdsOf, withSearch } from './search.ts'

interface RunOptions extends ConnectionOptions, ListOptions, SearchOptions {
  readonly saved?: string
  readonly name?: string
  readonly keep?: boolean
  readonly alerts: boolean
  readonly wait: boolean
}

const lookEveryMs = 300

export const runHuntCommand = (context: CommandContext) =>
  listCommand(withSearch(serverCommand('run', 'Go over stored events, and print what is found')))
    .option('--saved <id>', 'run a saved hunt instead')
    .option('--name <name>', 'what the run is called')
    .option('--keep', 'make detections, marked retrospective, of what is found')
    .option('--no-alerts', 'with --keep: raise no alerts')
    .option('--no-wait', 'print the id of the run and leave')
    .addHelpText(
      'after',
      examples(
        ['hunts run process.name:whoami.exe --last 30d', 'a search'],
        ['hunts run --sigma rule.yml --from 2026-03-01T00:00Z --keep', 'a rule, as it would match live'],
        ['hunts run --indicators report.txt --format jsonl', 'a list of indicators'],
      ),
    )
    .action(async (words: string[], options: RunOptions) => {
      const { client } = await context.connect(options)
      const run = await start(client, words, options)
      if (!options.wait) return context.terminal.out.write(`${run.id}\n`)
      await waitFor(context.terminal, client, run.id)
      await printHits(context.terminal, client, run.id, options)
    })

async function start(client: WatchfloorClient, words: readonly string[], options: RunOptions): Promise<{ id: string }> {
  if (options.saved)
    return unwrap(await client.POST('/api/v1/hunts/{huntId}/run', { params: { path: { huntId: options.saved } } }))
  const body = {
    search: await searchOf(words, options),
    range: rangeOf(options),
    sourceIds: await sourceIdsOf(client, options.source),
    narrowing: options.narrow ?? '',
    keep: options.keep ? ('detections' as const) : ('hits' as const),
    alerts: options.alerts,
    ...(options.name && { name: options.name }),
  }
  return unwrap(await client.POST('/api/v1/hunts/runs', { body }))
}

/** Shows how far the run is until it ends. @throws Failure when it did not end well */
async function waitFor(terminal: Terminal, client: WatchfloorClient, runId: string): Promise<void> {
  const progress = showProgress(terminal.err, 'hunting', 1000)
  try {
    for (;;) {
      const run = unwrap(await client.GET('/api/v1/hunts/runs/{runId}', { params: { path: { runId } } }))
      const share = run.eventsTotal ? run.eventsDone / run.eventsTotal : 0
      progress.update(
        Math.round(share * 1000),
        `${countText(run.eventsDone)} events · ${counted(run.hits, 'hit')} · ${countText(run.eventsPerSecond ?? 0)}/s`,
      )
      if (run.state === 'failed') throw new Failure(`the hunt has failed: ${run.message ?? 'no reason is known'}`)
      if (run.state === 'cancelled' || run.state === 'paused') throw new Failure(`the hunt was ${run.state}`)
      if (run.state === 'done') {
        progress.stop()
        const made = run.detections > 0 ? `, ${counted(run.detections, 'new detection')}` : ''
        terminal.err.write(
          `${counted(run.hits, 'hit')} in ${counted(run.eventsDone, 'event')}${made} (run ${run.id})\n`,
        )
        return
      }
      await sleep(lookEveryMs)
    }
  } finally {
    progress.stop()
  }
}

import { basename, resolve } from 'node:path'
import { unwrap } from '@watchfloor/client'
import type { YaraSet } from '@watchfloor/contracts/artifacts'
import { openYara } from '@watchfloor/server/processes/yara'
import { Command } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { diagnosticText } from '../../output/diagnostics.ts'
import { exitCodes } from '../../output/failure.ts'
import { type Column, type ListOptions, listCommand, printPages, timeText } from '../../output/list.ts'
import { counted } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { readRules } from '../scan/load-rules.ts'
import { editYaraCommand } from './edit.ts'
import { yaraExceptionsCommand } from './exceptions.ts'

type ListedSet = Omit<YaraSet, 'id'> & { readonly id: string }

const columns: Column<ListedSet>[] = [
  { title: 'id', value: ({ id }) => id, isWhole: true },
  { title: 'name', value: ({ name }) => name },
  { title: 'runs', value: ({ enabled }) => (enabled ? 'yes' : 'no') },
  { title: 'alerts', value: ({ alerts }) => (alerts ? 'yes' : 'no') },
  { title: 'version', value: ({ version }) => version, align: 'right' },
  { title: 'rules', value: ({ rules }) => rules, align: 'right' },
  { title: 'refused', value: ({ refused }) => refused, align: 'right' },
  { title: 'updated', value: ({ updatedAt }) => timeText(updatedAt) },
]

const importYara = (context: CommandContext) =>
  serverCommand('import', 'Add a set of YARA rules to the server, or its next version')
    .argument('<path...>', 'files, folders and .zip archives')
    .option('--name <name>', 'of the set; the last part of the first path when absent')
    .addHelpText('after', examples(['yara import signature-base/yara --name signature-base', 'a folder']))
    .action(async (paths: string[], options: ConnectionOptions & { name?: string }) => {
      const { client } = await context.connect(options)
      const { out, err } = context.terminal
      const files = await readRules(paths, 'within')
      const name = options.name ?? basename(resolve(paths[0] ?? '.')).replace(/\.(?:yara?|zip)$/i, '')
      const { set, isNew, diagnostics } = unwrap(await client.POST('/api/v1/yara/sets', { body: { name, files } }))
      for (const one of diagnostics) if (one.level === 'error') out.write(diagnosticText(one, out.paint))
      err.write(
        `${name} ${isNew ? 'was imported' : `is now version ${set.version}`}: ${counted(set.rules, 'rule')} ready, ${counted(set.refused, 'rule')} refused\n`,
      )
    })

const listYara = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Sets of YARA rules'))
    .addHelpText('after', examples(['yara list', '']))
    .action(async (options: ConnectionOptions & ListOptions) => {
      const { client } = await context.connect(options)
      await printPages<ListedSet>(context.terminal, options, columns, async (page) =>
        unwrap(await client.GET('/api/v1/yara/sets', { params: { query: page } })),
      )
    })

const checkYara = ({ terminal: { out, err } }: CommandContext) =>
  new Command('check')
    .description('Check YARA rules in files, without a server')
    .argument('<path...>', 'files, folders and .zip archives of YARA rules')
    .option('--json', 'print each diagnostic as a line of JSON')
    .option('-q, --quiet', 'errors alone, no warnings')
    .addHelpText('after', `${examples(['yara check rules/', ''])}\n\nEnds with 1 when a rule has errors.`)
    .action(async (paths: string[], options: { json?: boolean; quiet?: boolean }) => {
      const files = await readRules(paths, 'shown')
      const yara = openYara({ size: 1 })
      try {
        const set = await yara.check(files)
        for (const one of set.diagnostics)
          if (!options.quiet || one.level === 'error')
            out.write(options.json ? `${JSON.stringify(one)}\n` : diagnosticText(one, out.paint))
        const errors = set.diagnostics.filter(({ level }) => level === 'error').length
        err.write(
          `${counted(files.length, 'file')}: ${counted(set.rules, 'rule')} ready, ${counted(errors, 'error')}\n`,
        )
        if (errors > 0) process.exitCode = exitCodes.failed
      } finally {
        await yara.close()
      }
    })

export const yaraCommand = (context: CommandContext): Command =>
  new Command('yara')
    .description('YARA rules: import, list, edit, except, check; watchfloor scan looks for them in files')
    .addCommand(importYara(context))
    .addCommand(listYara(context))
    .addCommand(editYaraCommand(context))
    .addCommand(yaraExceptionsCommand(context))
    .addCommand(checkYara(context))

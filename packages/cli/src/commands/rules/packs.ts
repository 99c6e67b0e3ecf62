import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import { Command } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { findRuleFiles, type RuleFile } from '../../input/rule-files.ts'
import { Failure } from '../../output/failure.ts'
import { type Column, type ListOptions, listCommand, printList, timeText } from '../../output/list.ts'
import { showProgress } from '../../output/progress.ts'
import { detailText } from '../../output/table.ts'
import type { Terminal } from '../../output/terminal.ts'
import { counted, countText, printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { fileBatches } from './file-batches.ts'

const listPacks = async (client: WatchfloorClient) => unwrap(await client.GET('/api/v1/rule-packs')).items
type Pack = Awaited<ReturnType<typeof listPacks>>[number]
const getUpdate = async (client: WatchfloorClient, updateId: string) =>
  unwrap(await client.GET('/api/v1/rule-pack-updates/{updateId}', { params: { path: { updateId } } }))
type Update = Awaited<ReturnType<typeof getUpdate>>

const columns: Column<Pack>[] = [
  { title: 'pack', value: (pack) => pack.name },
  { title: 'version', value: (pack) => pack.version ?? '' },
  { title: 'rules', value: (pack) => pack.rules, align: 'right' },
  { title: 'on', value: (pack) => pack.enabled, align: 'right' },
  { title: 'changed here', value: (pack) => pack.edited, align: 'right' },
  { title: 'offered', value: (pack) => pack.offered, align: 'right' },
  { title: 'updated', value: (pack) => timeText(pack.updatedAt) },
  { title: 'address', value: (pack) => pack.url ?? '' },
]

export const packsCommand = (context: CommandContext): Command =>
  new Command('packs')
    .description('Packs of rules: look, compare an update, apply it')
    .addCommand(listPacksCommand(context))
    .addCommand(updatePackCommand(context))
    .addCommand(packUrlCommand(context))
    .addCommand(removePackCommand(context))

const listPacksCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Packs, with what of them runs and what was changed here')).action(
    async (options: ConnectionOptions & ListOptions) => {
      const { client } = await context.connect(options)
      await printList(context.terminal, options, columns, await listPacks(client))
    },
  )

interface UpdateOptions extends ConnectionOptions {
  readonly packVersion?: string
  readonly diff?: boolean
  readonly apply?: boolean
  readonly keepRemoved?: boolean
  readonly takeTheirs?: boolean
  readonly json?: boolean
}

const updatePackCommand = (context: CommandContext) =>
  serverCommand('update', 'Compare a newer version of a pack, and apply it when asked to')
    .argument('<pack>', 'its name')
    .argument('[path]', 'a folder, a .zip or a .tar.gz; without it the pack is fetched from its address')
    .option('--pack-version <version>', 'what this version is called')
    .option('--diff', 'print what changes in each rule')
    .option('--apply', 'apply the update; without it nothing is changed')
    .option('--keep-removed', 'keep rules that the pack no longer has')
    .option('--take-theirs', "replace rules that were changed here with the pack's")
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `${examples(
        ['rules packs update sigma sigma/rules --diff', 'look at it'],
        ['rules packs update sigma sigma.tar.gz --apply', ''],
      )}

Rules that were changed here stay as they are, unless --take-theirs says otherwise; the pack's text is then offered on their page.`,
    )
    .action((pack: string, path: string | undefined, options: UpdateOptions) => update(context, pack, path, options))

async function update(
  context: CommandContext,
  pack: string,
  path: string | undefined,
  options: UpdateOptions,
): Promise<void> {
  const { terminal } = context
  const { client } = await context.connect(options)
  const read = await readUpdate(terminal, client, pack, path, options.packVersion)
  if (options.diff) await printDiffs(terminal, client, read.id)
  let done = read
  if (options.apply) done = await applyUpdate(terminal, client, read, options)
  else await client.DELETE('/api/v1/rule-pack-updates/{updateId}', { params: { path: { updateId: read.id } } })
  if (options.json) terminal.out.write(`${JSON.stringify(done)}\n`)
  else terminal.out.write(summaryOf(done, options.apply === true))
  if (done.state === 'failed')
    throw new Failure(`the update could not be applied: ${done.message ?? 'no reason given'}`)
}

const summaryOf = (update: Update, isApplied: boolean): string =>
  detailText([
    ['added', countText(update.added)],
    ['changed', countText(update.changed)],
    ['gone', countText(update.removed)],
    ['conflicts', `${countText(update.conflicts)}${update.conflicts > 0 ? ' (changed here too)' : ''}`],
    ['unchanged', countText(update.unchanged)],
    ['refused', countText(update.refused)],
    ['', isApplied ? `${counted(update.applied, 'rule')} changed` : 'nothing was changed; --apply applies it'],
  ])

async function readUpdate(
  terminal: Terminal,
  client: WatchfloorClient,
  pack: string,
  path: string | undefined,
  version: string | undefined,
): Promise<Update> {
  if (path === undefined)
    return unwrap(await client.POST('/api/v1/rule-packs/{pack}/fetch', { params: { path: { pack } } }))
  if (/\.(zip|tar|tgz|tar\.gz)$/i.test(path)) return sendArchive(client, pack, path, version)
  const files: RuleFile[] = []
  for await (const found of findRuleFiles([path])) if (found.kind === 'file') files.push(found.file)
  if (files.length === 0) throw new Failure('no .yml or .yaml file is there')
  const begun = unwrap(
    await client.POST('/api/v1/rule-packs/{pack}/updates', {
      params: { path: { pack } },
      body: version === undefined ? {} : { version },
    }),
  )
  const at = { params: { path: { updateId: begun.id } } }
  const progress = showProgress(terminal.err, `comparing ${basename(resolve(path))}`, files.length)
  try {
    let done = 0
    for (const batch of fileBatches(files)) {
      const body = { files: batch.map(({ path: name, text }) => ({ path: name, text })) }
      unwrap(await client.POST('/api/v1/rule-pack-updates/{updateId}/files', { ...at, body }))
      done += batch.length
      progress.update(done, `${countText(done)} files`)
    }
  } finally {
    progress.stop()
  }
  return unwrap(await client.POST('/api/v1/rule-pack-updates/{updateId}/finish', at))
}

async function sendArchive(
  client: WatchfloorClient,
  pack: string,
  path: string,
  version: string | undefined,
): Promise<Update> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new Failure(`${path} cannot be read: ${error.message}`)
  })
  return unwrap(
    await client.POST('/api/v1/rule-packs/{pack}/archive', {
      params: { path: { pack }, query: version === undefined ? {} : { version } },
      headers: { 'content-type': 'application/octet-stream' },
      bodySerializer: () => bytes,
      body: '',
    }),
  )
}

async function printDiffs({ out }: Terminal, client: WatchfloorClient, updateId: string): Promise<void> {
  let cursor: string | undefined
  do {
    const page = unwrap(
      await client.GET('/api/v1/rule-pack-updates/{updateId}/changes', {
        params: { path: { updateId }, query: { limit: 100, ...(cursor ? { cursor } : {}) } },
      }),
    )
    for (const { ruleId, kind, title } of page.items) {
      const { diff } = unwrap(
        await client.GET('/api/v1/rule-pack-updates/{updateId}/changes/{ruleId}', {
          params: { path: { updateId, ruleId } },
        }),
      )
      out.write(`${out.paint('bold', `${kind}: ${printable(title)} (${ruleId})`)}\n`)
      for (const line of diff.lines)
        if (line.op === 'added') out.write(out.paint('green', `+${printable(line.text)}\n`))
        else if (line.op === 'removed') out.write(out.paint('red', `-${printable(line.text)}\n`))
        else out.write(line.op === 'same' ? ` ${printable(line.text)}\n` : out.paint('dim', `… ${line.text} lines\n`))
      out.write('\n')
    }
    cursor = page.next
  } while (cursor !== undefined)
}

const pollMs = 500

async function applyUpdate(
  terminal: Terminal,
  client: WatchfloorClient,
  update: Update,
  options: UpdateOptions,
): Promise<Update> {
  const takeTheirs = options.takeTheirs ? await conflictsOf(client, update.id) : []
  unwrap(
    await client.POST('/api/v1/rule-pack-updates/{updateId}/apply', {
      params: { path: { updateId: update.id } },
      body: { keepRemoved: options.keepRemoved === true, takeTheirs },
    }),
  )
  terminal.err.write('applying…\n')
  for (;;) {
    const now = await getUpdate(client, update.id)
    if (now.state !== 'applying') return now
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

async function conflictsOf(client: WatchfloorClient, updateId: string): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = unwrap(
      await client.GET('/api/v1/rule-pack-updates/{updateId}/changes', {
        params: { path: { updateId }, query: { kind: 'conflict', limit: 200, ...(cursor ? { cursor } : {}) } },
      }),
    )
    ids.push(...page.items.map((one) => one.ruleId))
    cursor = page.next
  } while (cursor !== undefined)
  return ids
}

const packUrlCommand = (context: CommandContext) =>
  serverCommand('address', 'Choose where a pack is fetched from; administrators may')
    .argument('<pack>', 'its name')
    .argument('[address]', 'of a .zip or .tar.gz; without it none is kept')
    .action(async (pack: string, url: string | undefined, options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      unwrap(
        await client.PUT('/api/v1/rule-packs/{pack}/url', { params: { path: { pack } }, body: { url: url ?? null } }),
      )
    })

const removePackCommand = (context: CommandContext) =>
  serverCommand('remove', 'Take a pack away with its rules; those changed here stay')
    .argument('<pack>', 'its name')
    .action(async (pack: string, options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      const { removed, kept } = unwrap(await client.DELETE('/api/v1/rule-packs/{pack}', { params: { path: { pack } } }))
      context.terminal.err.write(`${counted(removed, 'rule')} removed, ${kept} kept as ours\n`)
    })

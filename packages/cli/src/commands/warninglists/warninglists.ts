import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { unwrap } from '@watchfloor/client'
import { mispWarningList, warningListEffects } from '@watchfloor/contracts/intel'
import { Argument, Command } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { exitCodes, Failure } from '../../output/failure.ts'
import { type Column, type ListOptions, listCommand, printPages } from '../../output/list.ts'
import { showProgress } from '../../output/progress.ts'
import { counted, printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

const unpack = promisify(gunzip)
const maxListBytes = 60 * 1024 * 1024

export const warningListsCommand = (context: CommandContext): Command =>
  new Command('warninglists')
    .description('Lists of values that are known to be harmless: import, look, choose what they do')
    .addCommand(importCommand(context))
    .addCommand(listWarningListsCommand(context))
    .addCommand(effectCommand(context))

const importCommand = (context: CommandContext) =>
  serverCommand('import', 'Add lists in the format of MISP, and bring those that are there up to date')
    .argument('<path...>', 'a list.json (or .json.gz), or a folder with lists in it')
    .addHelpText('after', examples(['warninglists import misp-warninglists/lists', 'all of them']))
    .action(async (paths: string[], options: ConnectionOptions) => {
      const { err, out } = context.terminal
      const files = (await Promise.all(paths.map(listFilesUnder))).flat().sort()
      if (files.length === 0) throw new Failure('no list.json is there')
      const { client } = await context.connect(options)
      const count = { added: 0, updated: 0, unchanged: 0 }
      let refused = 0
      const progress = showProgress(err, 'importing lists', files.length)
      try {
        for (const [at, file] of files.entries()) {
          try {
            const list = await readList(file)
            const body = { slug: slugOf(file), list }
            const { outcome } = unwrap(await client.POST('/api/v1/warning-lists/import', { body }))
            count[outcome]++
          } catch (error) {
            if (!(error instanceof UnreadableList)) throw error
            refused++
            out.write(`${printable(file)}: ${printable(error.message)}\n`)
          }
          progress.update(at + 1, counted(at + 1, 'list'))
        }
      } finally {
        progress.stop()
      }
      err.write(`${count.added} added, ${count.updated} updated, ${count.unchanged} unchanged, ${refused} refused\n`)
      if (refused > 0) process.exitCode = exitCodes.failed
    })

class UnreadableList extends Error {}

async function readList(file: string) {
  const packed = await readFile(file)
  const bytes = file.endsWith('.gz') ? await unpack(packed, { maxOutputLength: maxListBytes }) : packed
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new UnreadableList(`no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const list = mispWarningList.safeParse(value)
  if (list.success) return list.data
  const issue = list.error.issues[0]
  throw new UnreadableList(`no warning list: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
}

/** `lists/github/list.json` is `github`; `my-names.json` is `my-names`. */
function slugOf(file: string): string {
  const name = basename(file).replace(/\.json(?:\.gz)?$/, '')
  const slug = name === 'list' ? basename(dirname(resolve(file))) : name
  return slug.replaceAll(/[^\w.:@-]+/g, '-').slice(0, 120)
}

async function listFilesUnder(path: string): Promise<string[]> {
  if ((await stat(path).catch(() => undefined))?.isDirectory() !== true) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /^list\.json(?:\.gz)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

interface WarningListItem {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly entries: number
  readonly effect: string
  readonly version: number
}

const columns: Column<WarningListItem>[] = [
  { title: 'id', value: (list) => list.id, isWhole: true },
  { title: 'effect', value: (list) => list.effect },
  { title: 'type', value: (list) => list.type },
  { title: 'entries', value: (list) => list.entries, align: 'right' },
  { title: 'version', value: (list) => list.version, align: 'right' },
  { title: 'name', value: (list) => list.name },
]

const listWarningListsCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'The lists of the server')).action(
    async (options: ConnectionOptions & ListOptions) => {
      const { client } = await context.connect(options)
      await printPages(context.terminal, options, columns, async ({ limit }) => {
        const { items } = unwrap(await client.GET('/api/v1/warning-lists'))
        return { items: items.slice(0, limit) }
      })
    },
  )

const effectCommand = (context: CommandContext) =>
  serverCommand(
    'set',
    'Choose what a list does: block keeps detections from being made, inform names the list beside them',
  )
    .argument('<id>', 'the list')
    .addArgument(new Argument('<effect>', 'what it does').choices([...warningListEffects]))
    .addHelpText('after', examples(['warninglists set dynamic-dns inform', '']))
    .action(async (id: string, effect: (typeof warningListEffects)[number], options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      const list = unwrap(
        await client.PATCH('/api/v1/warning-lists/{warningListId}', {
          params: { path: { warningListId: id } },
          body: { effect },
        }),
      )
      context.terminal.err.write(`${printable(list.name)}: ${list.effect}\n`)
    })

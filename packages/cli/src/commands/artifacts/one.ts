import { open } from 'node:fs/promises'
import { unwrap } from '@watchfloor/client'
import type { ArtifactDetail } from '@watchfloor/contracts/artifacts'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { timeText } from '../../output/list.ts'
import { detailText } from '../../output/table.ts'
import { bytesText, countText, printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

const pathOf = (artifactId: string) => ({ path: { artifactId } })

export const getCommand = (context: CommandContext) =>
  serverCommand('get', 'What is known of an artifact, and what matched')
    .argument('<id>', 'its SHA-256')
    .option('--json', 'print all of it as JSON')
    .addHelpText('after', examples(['artifacts get 2c26b46b68ff…', '']))
    .action(async (id: string, options: ConnectionOptions & { json?: boolean }) => {
      const { client } = await context.connect(options)
      const { out } = context.terminal
      const artifact = unwrap(await client.GET('/api/v1/artifacts/{artifactId}', { params: pathOf(id) }))
      out.write(options.json ? `${JSON.stringify(artifact)}\n` : detailOf(artifact, (text) => out.paint('bold', text)))
    })

function detailOf(artifact: ArtifactDetail, bold: (text: string) => string): string {
  const { facts, scan } = artifact
  return detailText(
    [
      ['name', printable(artifact.name)],
      ['type', printable(artifact.typeTitle)],
      ['size', bytesText(artifact.sizeBytes)],
      ['sha256', artifact.id],
      ['sha1', artifact.sha1],
      ['md5', artifact.md5],
      ['entropy', facts ? `${facts.entropy} bits per byte` : ''],
      ['imphash', facts?.pe?.imphash ?? ''],
      ['source', printable(artifact.source)],
      ['tlp', artifact.tlp],
      ['added', `${timeText(artifact.createdAt)} by ${printable(artifact.uploadedBy)}`],
      [
        'scan',
        scan.state === 'failed' ? `failed: ${printable(scan.error ?? '')}` : `${scan.state} ${timeText(scan.at)}`,
      ],
      ['matches', artifact.matches.map(matchText).join('\n')],
      ['packed in it', artifact.children.map(({ id, path }) => `${id}  ${printable(path)}`).join('\n')],
      ['packed in', artifact.parents.map(({ id }) => id).join('\n')],
    ],
    bold,
  )
}

const matchText = ({ rule, set, strings, stringsFound }: ArtifactDetail['matches'][number]): string => {
  const places = strings.slice(0, 5).map(({ id, offset }) => `${printable(id)} at 0x${offset.toString(16)}`)
  const more = stringsFound > places.length ? `, ${countText(stringsFound - places.length)} more` : ''
  return `${printable(rule)} (${printable(set.name)}): ${places.join(', ')}${more}`
}

export const scanArtifactCommand = (context: CommandContext) =>
  serverCommand('scan', 'Scan artifacts once more')
    .argument('<id...>', 'their SHA-256')
    .addHelpText('after', examples(['artifacts scan 2c26b46b68ff…', '']))
    .action(async (ids: string[], options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      for (const id of ids) {
        const { jobId } = unwrap(await client.POST('/api/v1/artifacts/{artifactId}/scan', { params: pathOf(id) }))
        context.terminal.err.write(`the scan of ${id} is job ${jobId}\n`)
      }
    })

export const downloadCommand = (context: CommandContext) =>
  serverCommand('download', 'Take an artifact out of quarantine')
    .argument('<id>', 'its SHA-256')
    .addOption(
      new Option('--as <form>', 'a ZIP archive with the password "infected", or the bytes themselves')
        .choices(['zip', 'bytes'])
        .default('zip'),
    )
    .option('-o, --output <file>', 'where to; beside you under its SHA-256 when absent')
    .addHelpText('after', examples(['artifacts download 2c26b46b68ff…', 'as ZIP, here']))
    .action(async (id: string, options: ConnectionOptions & { as: 'zip' | 'bytes'; output?: string }) => {
      const { client } = await context.connect(options)
      const answer = await client.GET('/api/v1/artifacts/{artifactId}/content', {
        params: { ...pathOf(id), query: { as: options.as } },
        parseAs: 'stream',
      })
      const content = unwrap(answer) as unknown as ReadableStream<Uint8Array>
      const path = options.output ?? `${id}.${options.as === 'zip' ? 'zip' : 'bin'}`
      // It is not to be run, by anybody; and what is there already stays.
      const file = await open(path, 'wx', 0o400)
      try {
        for await (const part of content) await file.write(part)
      } finally {
        await file.close()
      }
      context.terminal.err.write(`${path} was written\n`)
    })

export const deleteCommand = (context: CommandContext) =>
  serverCommand('delete', 'Delete an artifact, and what was packed in it alone')
    .argument('<id>', 'its SHA-256')
    .requiredOption('--confirm <name>', 'its name, so that it is the one you mean')
    .addHelpText('after', examples(['artifacts delete 2c26b46b68ff… --confirm tool.exe', '']))
    .action(async (id: string, options: ConnectionOptions & { confirm: string }) => {
      const { client } = await context.connect(options)
      unwrap(
        await client.DELETE('/api/v1/artifacts/{artifactId}', {
          params: { ...pathOf(id), query: { confirm: options.confirm } },
        }),
      )
      context.terminal.err.write(`${id} was deleted\n`)
    })

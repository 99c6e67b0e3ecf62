import { openAsBlob } from 'node:fs'
import { unwrap } from '@watchfloor/client'
import { tlps } from '@watchfloor/contracts/kernel'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { planFiles } from '../../input/find-files.ts'
import { Failure } from '../../output/failure.ts'
import { showProgress } from '../../output/progress.ts'
import { counted, printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface UploadOptions extends ConnectionOptions {
  readonly source: string
  readonly tlp: (typeof tlps)[number]
  readonly note: string
  readonly json?: boolean
}

export const uploadCommand = (context: CommandContext) =>
  serverCommand('upload', 'Keep files in quarantine, and have them looked into and scanned')
    .argument('<path...>', 'files and folders')
    .option('--source <name>', 'where they come from', 'command line')
    .addOption(new Option('--tlp <tlp>', 'how far they may be shared').choices([...tlps]).default('amber'))
    .option('--note <text>', 'what is known of them', '')
    .option('--json', 'print one JSON object a file')
    .addHelpText('after', examples(['artifacts upload suspicious.exe --tlp red', 'one file']))
    .action(async (paths: string[], options: UploadOptions) => {
      const { client } = await context.connect(options)
      const { out, err } = context.terminal
      const { files, skipped, totalBytes } = await planFiles(paths)
      if (files.length === 0) throw new Failure('there is no file')
      const progress = showProgress(err, 'uploading', totalBytes)
      const { source, tlp, note } = options
      let [doneBytes, added] = [0, 0]
      try {
        for (const file of files) {
          const content = await openAsBlob(file.path)
          const { artifact, isNew } = unwrap(
            await client.POST('/api/v1/artifacts', {
              params: { query: { name: file.name.slice(-300), source, tlp, note } },
              headers: { 'content-type': 'application/octet-stream' },
              body: content as never,
              bodySerializer: (body: unknown) => body as Blob,
            }),
          )
          if (isNew) added++
          doneBytes += file.sizeBytes
          progress.update(doneBytes, counted(added, 'new file'))
          out.write(
            options.json
              ? `${JSON.stringify({ file: file.path, id: artifact.id, isNew })}\n`
              : `${artifact.id}  ${printable(file.path)}${isNew ? '' : '  (was here already)'}\n`,
          )
        }
      } finally {
        progress.stop()
      }
      for (const { name, reason } of skipped) err.write(`${printable(name)} was left out: ${printable(reason)}\n`)
    })

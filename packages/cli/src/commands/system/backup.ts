import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { ApiProblem } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { Failure } from '../../output/failure.ts'
import { showProgress } from '../../output/progress.ts'
import { bytesText } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

const compressionOf = (file: string): 'gzip' | 'zstd' | 'none' => {
  if (/\.(?:zst|tzst)$/.test(file)) return 'zstd'
  return file.endsWith('.tar') ? 'none' : 'gzip'
}

export const backupCommand = (context: CommandContext) =>
  serverCommand('backup', 'Save everything of a running server in one file')
    .argument('<file>', 'ends in .tar.gz, .tar.zst or .tar')
    .option('--with-master-key', 'with the key that opens the secrets in it; guard such a file like the key')
    .addHelpText(
      'after',
      `${examples(
        ['backup floor-2026-11-21.tar.gz', ''],
        ['backup /mnt/safe/floor.tar.zst --with-master-key', 'enough to restore on a new machine'],
      )}\n\nWithout the master key (keys/master.key in the data directory, or WATCHFLOOR_MASTER_KEY) a backup cannot be used: keep it elsewhere.`,
    )
    .action(async (file: string, options: ConnectionOptions & { withMasterKey?: boolean }) => {
      const { client } = await context.connect(options)
      const { err } = context.terminal
      err.write('copying the stores; what arrives meanwhile waits in the log\n')
      const { data, error, response } = await client.POST('/api/v1/system/backup', {
        params: { query: { compression: compressionOf(file), masterKey: options.withMasterKey ? 'true' : 'false' } },
        parseAs: 'stream',
      })
      if (!data) throw new ApiProblem(response, error)
      const progress = showProgress(err, 'backup', 0)
      const sizeBytes = await save(data as unknown as ReadableStream<Uint8Array>, resolve(file), (bytes) =>
        progress.update(0, bytesText(bytes)),
      ).finally(() => progress.stop())
      err.write(`${file}: ${bytesText(sizeBytes)}\n`)
    })

/** Under its name only once it is whole, readable by its owner alone. */
async function save(body: ReadableStream<Uint8Array>, path: string, onBytes: (bytes: number) => void): Promise<number> {
  const partial = `${path}.partial`
  let sizeBytes = 0
  try {
    await pipeline(
      Readable.fromWeb(body),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          sizeBytes += chunk.byteLength
          onBytes(sizeBytes)
          yield chunk
        }
      },
      createWriteStream(partial, { mode: 0o600, flush: true }),
    )
    await rename(partial, path)
    return sizeBytes
  } catch (error) {
    await rm(partial, { force: true })
    throw new Failure(`the backup broke off: ${error instanceof Error ? error.message : String(error)}`, {
      remedy: 'look at the log of the server, then try again',
    })
  }
}

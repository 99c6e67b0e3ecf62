import { resolve } from 'node:path'
import { Command } from 'commander'
import { Failure } from '../../output/failure.ts'
import { showProgress } from '../../output/progress.ts'
import { bytesText, counted } from '../../output/text.ts'
import { type CommandContext, examples } from '../context.ts'

/** What an operator can mend needs no stack. */
const mendable = /^(?:ConfigInvalid|DirectoryInUse|SchemaMismatch|Refusal)$/

export const restoreCommand = ({ environment, terminal }: CommandContext): Command =>
  new Command('restore')
    .description('Make a data directory out of a backup; no server may run on it')
    .argument('<file>', 'what `watchfloor backup` has written')
    .option('--force', 'put aside what the data directory holds, instead of refusing')
    .addHelpText(
      'after',
      `${examples([
        'restore floor-2026-11-21.tar.gz',
        'into the data directory (WATCHFLOOR_DATA_DIR)',
      ])}\n\nWith DATABASE_URL the tables go into that database, which must be empty.`,
    )
    .action(async (given: string, options: { force?: boolean }) => {
      const file = resolve(given)
      process.chdir(environment.root)
      const { restore } = await import('@watchfloor/server/processes/restore')
      let progress: ReturnType<typeof showProgress> | undefined
      const restored = await restore({
        file,
        force: options.force === true,
        progress(readBytes, ofBytes) {
          progress ??= showProgress(terminal.err, 'restore', ofBytes)
          progress.update(readBytes, bytesText(readBytes))
        },
      })
        .catch((error: unknown) => {
          if (!(error instanceof Error)) throw error
          const code = 'code' in error ? error.code : undefined
          if (code === 'ENOENT') throw new Failure(`there is no file ${given}`)
          if (!mendable.test(error.name) && !mendable.test(error.constructor.name)) throw error
          const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : undefined
          throw new Failure(error.message, remedy === undefined ? {} : { remedy })
        })
        .finally(() => progress?.stop())
      const { err } = terminal
      const { createdAt, rows, program } = restored.manifest
      err.write(`restored the backup of ${createdAt} (Watchfloor ${program}, ${counted(rows, 'row')})\n`)
      if (restored.putAside) err.write(`what was there before stands in ${restored.putAside}\n`)
      if (restored.needsMasterKey)
        err.write(
          'the backup came without its master key: put it into keys/master.key or WATCHFLOOR_MASTER_KEY before you start\n',
        )
    })

import { Refusal } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import type { Audit } from '../../modules/audit/index.ts'
import { type Route, rawRoute } from '../../platform/http/route.ts'
import type { PermissionDeclaration } from '../../platform/module/module.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import type { BackupOptions } from './take-backup.ts'

export const backupPermissions: readonly PermissionDeclaration[] = [
  { name: 'system:backup', title: 'Take a backup of everything', roles: ['administrator', 'operator'] },
]

export interface BackupRouteParts {
  readonly sql: Sql
  readonly audit: Audit
  take(options: BackupOptions): Promise<AsyncIterable<Uint8Array>>
}

const mediaTypes = { gzip: 'application/gzip', zstd: 'application/zstd', none: 'application/x-tar' } as const
const extensions = { gzip: '.tar.gz', zstd: '.tar.zst', none: '.tar' } as const

/** Taking a backup of the running server; restoring one is work for a server that does not run (see restore-backup). */
export function backupRoutes(parts: BackupRouteParts): readonly Route[] {
  let isRunning = false

  /** The copy is held until the last byte is read or the reader is gone. */
  async function* whileRunning(archive: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    try {
      yield* archive
    } finally {
      isRunning = false
    }
  }

  return [
    rawRoute({
      method: 'POST',
      path: '/api/v1/system/backup',
      operationId: 'takeBackup',
      summary: 'A backup of everything as one archive, while the server runs',
      permission: 'system:backup',
      tag: 'system',
      rateLimitPerMinute: 10,
      query: z.object({
        compression: z.enum(['gzip', 'zstd', 'none']).default('gzip'),
        masterKey: z
          .enum(['true', 'false'])
          .default('false')
          .transform((value) => value === 'true')
          .describe('with the key that opens the secrets in it; whoever has such a file can read them'),
      }),
      produces: Object.values(mediaTypes),
      errors: ['CONFLICT', 'UNPROCESSABLE', 'STORAGE_FULL'],
      async handle({ query: { compression, masterKey } }, { actor }) {
        if (isRunning)
          throw new Refusal('CONFLICT', 'a backup is being taken already', { remedy: 'Wait until it has ended.' })
        isRunning = true
        try {
          const { sql, audit } = parts
          await sql.tx((db) =>
            audit.record(db, actor, {
              action: 'system.backup',
              object: { type: 'system', id: 'backup' },
              after: { withMasterKey: masterKey },
            }),
          )
          const archive = await parts.take({ compression, withMasterKey: masterKey })
          return {
            status: 200,
            headers: {
              'content-type': mediaTypes[compression],
              'content-disposition': `attachment; filename="watchfloor-backup${extensions[compression]}"`,
            },
            body: whileRunning(archive),
          }
        } catch (error) {
          isRunning = false
          throw isDiskFull(error) ? diskFull() : error
        }
      },
    }),
  ]
}

const isDiskFull = (error: unknown): boolean => error instanceof Error && /ENOSPC|no space left/i.test(error.message)

const diskFull = (): Refusal =>
  new Refusal('STORAGE_FULL', 'the disk of the data directory has no room for the copy that a backup needs', {
    remedy: 'Free space there; a backup needs about as much as the events of today and the database take.',
  })

import { PGlite } from '@electric-sql/pglite'

/**
 * Little memory (the program shares its machine with everything else it embeds), and `fsync` on, which PGlite turns off:
 * its calls then reach `wal-order.ts`, which decides what they do. The last word on the command line wins.
 */
const durableParameters: string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['shared_buffers=16MB', 'work_mem=4MB', 'maintenance_work_mem=16MB', 'temp_buffers=1MB'].flatMap(setting),
  ...['max_wal_size=64MB', 'min_wal_size=32MB', 'fsync=on', 'wal_sync_method=fsync', 'TimeZone=UTC'].flatMap(setting),
]

function setting(text: string): string[] {
  return ['-c', text]
}

/** Without durability PGlite's own `-F` comes last and no file is ever synced. */
export const startParameters = (options: { isDurable: boolean }): string[] =>
  options.isDurable ? durableParameters : [...durableParameters, '-F']

import { systemClock } from '../../../platform/clock/clock.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { openEmbeddedSql } from './embedded-sql.ts'

/** Run by the crash test: commits one number after the other and prints each that was acknowledged, until it is killed. */
async function commitUntilKilled(directory: string, imageDirectory: string): Promise<void> {
  const sql = await openEmbeddedSql({ directory, imageDirectory, clock: systemClock, log: quietLog })
  await sql.raw.exec('CREATE TABLE IF NOT EXISTS counted (n int PRIMARY KEY, filler text)')
  const { rows } = await sql.raw.query('SELECT coalesce(max(n), 0) AS last FROM counted')
  for (let n = Number(rows[0]?.last) + 1; ; n += 1) {
    await sql.raw.query('INSERT INTO counted VALUES ($1, $2)', [n, 'x'.repeat(500)])
    process.stdout.write(`${n}\n`)
  }
}

const [directory, imageDirectory] = process.argv.slice(2)
if (directory === undefined || imageDirectory === undefined) throw new Error('usage: crash-child.ts DIRECTORY IMAGES')
await commitUntilKilled(directory, imageDirectory)

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../platform/clock/clock.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { testImageDirectory } from '../../../testing/embedded-sql.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { DirectoryInUse } from '../lock/directory-lock.ts'
import { openEmbeddedSql } from './embedded-sql.ts'

const root = mkdtempSync(join(tmpdir(), 'watchfloor-crash-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const open = (directory: string): Promise<Sql> =>
  openEmbeddedSql({ directory, imageDirectory: testImageDirectory(), clock: systemClock, log: quietLog })

/** Starts a server on the directory, lets `during` look, kills it after `count` acknowledged commits; the last one. */
async function killAfter(
  directory: string,
  count: number,
  during: () => Promise<void> = async () => {},
): Promise<number> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'crash-child.ts'), directory, testImageDirectory()],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise((resolve) => child.once('exit', resolve))
  let last = 0
  let seen = 0
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line)
    seen += 1
    if (seen === 1) await during()
    if (seen === count) child.kill('SIGKILL')
  }
  await ended
  return last
}

describe('an embedded database whose process is killed', () => {
  it('refuses a second server while the first runs, and has every acknowledged row after each kill', async () => {
    const directory = join(root, 'killed')
    let last = 0
    for (let round = 0; round < 3; round += 1) {
      last = await killAfter(directory, 40 + round * 37, async () => {
        const error: unknown = await open(directory).catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(DirectoryInUse)
        expect(String(error)).toMatch(/in use by process \d+ on .*WATCHFLOOR_DATA_DIR/)
        expect(String(error)).toContain(directory)
      })
    }
    const sql = await open(directory)
    const { rows } = await sql.raw.query('SELECT count(*) AS rows, max(n) AS last FROM counted')
    // One commit may have been made and not yet told of.
    expect([last, last + 1]).toContain(rows[0]?.last)
    expect(rows[0]?.rows).toBe(rows[0]?.last)
    await sql.close()
  }, 60_000)

  it('does not take a pid that was used again for the server that had it', async () => {
    const directory = mkdtempSync(join(root, 'reused-'))
    writeFileSync(
      join(directory, 'server.pid'),
      JSON.stringify({ pid: process.ppid, startMark: 'another boot:12345', host: hostname(), sinceMs: 0 }),
    )
    await (await open(directory)).close()
  }, 30_000)

  it('opens beside a pid file that the crash cut short', async () => {
    const directory = mkdtempSync(join(root, 'cut-'))
    writeFileSync(join(directory, 'server.pid'), '{"pid": 12')
    await (await open(directory)).close()
  }, 30_000)

  it('refuses a directory that another version of PostgreSQL made', async () => {
    const directory = join(root, 'older')
    await (await open(directory)).close()
    writeFileSync(join(directory, 'pgdata', 'PG_VERSION'), '17\n')
    await expect(open(directory)).rejects.toThrow(/PostgreSQL 17.*watchfloor backup.*restore/)
  }, 30_000)
})

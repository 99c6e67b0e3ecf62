import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, describe, expect, it } from 'vitest'
import { testImageDirectory } from '../../../testing/embedded-sql.ts'
import { copyWhole, ensureDatabase } from './create-database.ts'
import { startParameters } from './start-parameters.ts'
import { keepWalOrder } from './wal-order.ts'

const root = mkdtempSync(join(tmpdir(), 'watchfloor-wal-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

interface Stream {
  readonly node: { readonly path: string }
}

/** The engine's kind of file system and a disk, which write down what happens to which file. */
function recording(duringSync: (operations: { fsync(stream: Stream): number }) => void = () => {}) {
  const done: string[] = []
  const operations = {
    write: (stream: Stream): number => done.push(`write ${stream.node.path}`),
    fsync: (_stream: Stream): number => 0,
  }
  const fileSystem = {
    filesystems: { NODEFS: { stream_ops: operations, realPath: (node: Stream['node']) => node.path } },
  }
  const disk = {
    syncNow: (path: string) => void done.push(`sync ${path}`),
    sync: async (path: string) => {
      done.push(`sync ${path}`)
      duringSync(operations)
    },
  }
  const order = keepWalOrder(fileSystem, '/', disk)
  return { order, operations, done }
}

const log: Stream = { node: { path: '/pg_wal/000000010000000000000001' } }
const page: Stream = { node: { path: '/base/5/1259' } }

describe('the order of the log and the data', () => {
  it('makes a committed log durable before the next data page is written', () => {
    const { operations, done } = recording()
    operations.write(log)
    operations.fsync(log)
    operations.write(log)
    operations.write(page)
    operations.write(page)
    expect(done).toEqual(
      ['write', 'write', 'sync']
        .map((what) => `${what} ${log.node.path}`)
        .concat(Array(2).fill(`write ${page.node.path}`)),
    )
  })

  it('makes the log durable on request, once for any number of commits', async () => {
    const { order, operations, done } = recording()
    for (let commit = 0; commit < 3; commit += 1) operations.fsync(log)
    await order.flush()
    await order.flush()
    expect(done).toEqual([`sync ${log.node.path}`])
  })

  it('does not forget what is committed while a flush runs', async () => {
    let commits = 1
    const { order, operations, done } = recording((during) => {
      if (commits++ === 1) during.fsync(log)
    })
    operations.fsync(log)
    await order.flush()
    expect(done).toHaveLength(1)
    await order.flush()
    await order.flush()
    expect(done).toHaveLength(2)
  })

  it('refuses a file system of another shape instead of losing the order silently', () => {
    expect(() => keepWalOrder({}, '/')).toThrow(/adapt wal-order.ts/)
  })
})

describe('a power cut', () => {
  it('costs what was committed after the last flush, and leaves a database that opens', async () => {
    const directory = join(root, 'running')
    await ensureDatabase(directory, testImageDirectory(), { isDurable: true })
    const engine = await PGlite.create({ dataDir: directory, startParams: startParameters({ isDurable: true }) })
    const order = keepWalOrder(engine.Module.FS, directory)
    await engine.exec('CREATE TABLE kept (n int)')
    for (let n = 1; n <= 50; n += 1) await engine.query('INSERT INTO kept VALUES ($1)', [n])
    await order.flush()
    copyWhole(directory, join(root, 'disk'), 'test')
    for (let n = 51; n <= 100; n += 1) await engine.query('INSERT INTO kept VALUES ($1)', [n])
    await engine.close()
    const reopened = await PGlite.create({
      dataDir: join(root, 'disk'),
      startParams: startParameters({ isDurable: true }),
    })
    const { rows } = await reopened.query('SELECT count(*)::int AS rows, max(n) AS last FROM kept')
    expect(rows).toEqual([{ rows: 50, last: 50 }])
    await reopened.close()
  }, 60_000)
})

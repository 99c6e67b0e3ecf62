import { existsSync } from 'node:fs'
import { appendFile, copyFile, mkdir, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemActor } from '@watchfloor/contracts/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SourceRow } from '../sources/store.ts'
import { type LogFloor, openLogFloor } from '../testing/log-floor.ts'
import { SourceFollower } from './follow-source.ts'

const maxRecordBytes = 2000

let floor: LogFloor
let folder: string
let refused: number

beforeEach(async () => {
  floor = await openLogFloor()
  folder = join(floor.folder, 'logs')
  refused = 0
  await mkdir(folder)
})
afterEach(() => floor.close())

const source = (name: string) =>
  ({
    id: 'source-1',
    name: 'a file',
    kind: 'file',
    product: null,
    service: null,
    path: join(folder, name),
  }) as SourceRow & {
    path: string
  }

const follow = (name = 'app.log', moreRoots: readonly string[] = []) =>
  new SourceFollower(
    {
      bus: floor.bus,
      intake: floor.intake,
      actor: systemActor('file tail'),
      maxRecordBytes,
      roots: [folder, ...moreRoots],
      refused: (_id, count) => {
        refused += count
      },
    },
    source(name),
  )
const log = () => join(folder, 'app.log')
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}\n`).join('')
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}`)

describe('following a file', () => {
  it('takes every line once while it grows, and waits for the end of the last', async () => {
    const follower = follow()
    expect(await follower.poll()).toBe(0)
    await writeFile(log(), `${lines(1, 3)}half a`)
    await follower.poll()
    await follower.poll()
    expect(await floor.records()).toEqual(numbers(1, 3))
    await appendFile(log(), ' line\r\n\n')
    await follower.poll()
    expect(await floor.records()).toEqual([...numbers(1, 3), 'half a line'])
  })

  it('goes on after a restart where it had stopped', async () => {
    await writeFile(log(), lines(1, 5))
    await follow().poll()
    floor = await floor.restart()
    await appendFile(log(), lines(6, 7))
    await follow().poll()
    expect(await floor.records()).toEqual(numbers(1, 7))
  })

  it('reads a file that was renamed to its end before the new one, also when that happened while it did not run', async () => {
    const follower = follow()
    await writeFile(log(), lines(1, 2))
    await follower.poll()
    await appendFile(log(), lines(3, 4))
    await rename(log(), `${log()}.1`)
    await writeFile(log(), lines(5, 6))
    await follower.poll()
    expect(await floor.records()).toEqual(numbers(1, 6))

    await appendFile(log(), lines(7, 7))
    floor = await floor.restart()
    await rename(`${log()}.1`, `${log()}.2`)
    await rename(log(), `${log()}.1`)
    await writeFile(log(), lines(8, 8))
    await follow().poll()
    expect(await floor.records()).toEqual(numbers(1, 8))
  })

  it('takes what is written to a file after it was renamed, and in the end an unfinished last line', async () => {
    const follower = follow()
    await writeFile(log(), lines(1, 1))
    await follower.poll()
    await rename(log(), `${log()}.1`)
    await writeFile(log(), lines(3, 3))
    await follower.poll()
    await appendFile(`${log()}.1`, `${lines(2, 2)}never finished`)
    await follower.poll()
    expect(await floor.records()).toEqual(['line 1', 'line 3', 'line 2'])
    for (let looks = 0; looks < 70; looks++) await follower.poll()
    expect(await floor.records()).toEqual(['line 1', 'line 3', 'line 2', 'never finished'])
  })

  it('begins anew in a file that was copied and emptied', async () => {
    const follower = follow()
    await writeFile(log(), lines(1, 3))
    await follower.poll()
    await copyFile(log(), `${log()}.1`)
    await truncate(log(), 0)
    await follower.poll()
    await appendFile(log(), lines(4, 4))
    await follower.poll()
    expect(await floor.records()).toEqual(numbers(1, 4))
    // Emptied and grown beyond where it was between two looks.
    await writeFile(log(), lines(5, 40))
    await follower.poll()
    expect(await floor.records()).toEqual(numbers(1, 40))
  })

  it('takes another file that got the inode of one that is gone for what it is', async () => {
    const follower = follow()
    await writeFile(log(), lines(1, 9))
    await follower.poll()
    await unlink(log())
    await writeFile(log(), lines(10, 30))
    await follower.poll()
    expect(await floor.records()).toEqual(numbers(1, 30))
  })

  it('reports a line that is too long once, passes over it, and takes its neighbours', async () => {
    const follower = follow()
    await writeFile(log(), `${lines(1, 1)}${'x'.repeat(maxRecordBytes + 1)}\n${lines(2, 2)}`)
    await follower.poll()
    await appendFile(log(), 'y'.repeat(3_000_000))
    await follower.poll()
    await follower.poll()
    await appendFile(log(), `${'y'.repeat(5000)}\n${lines(3, 3)}`)
    await follower.poll()
    expect(await floor.records()).toEqual(numbers(1, 3))
    expect(refused).toBe(2)
  })

  it('goes on inside a line that is too long after a restart', async () => {
    await writeFile(log(), `${lines(1, 1)}${'z'.repeat(3_000_000)}`)
    await follow().poll()
    floor = await floor.restart()
    await appendFile(log(), `${'z'.repeat(100)}\n${lines(2, 2)}`)
    await follow().poll()
    expect(await floor.records()).toEqual(numbers(1, 2))
    expect(refused).toBe(1)
  })

  it('follows all files of a pattern, and none that lies outside or is no file', async () => {
    const follower = follow('*.log')
    await writeFile(join(folder, 'a.log'), 'from a\n')
    await writeFile(join(folder, 'b.log'), 'from b\n')
    await writeFile(join(folder, 'c.txt'), 'from c\n')
    await mkdir(join(folder, 'd.log'))
    await writeFile(join(floor.folder, 'secret'), 'a secret\n')
    await symlink(join(floor.folder, 'secret'), join(folder, 'link.log'))
    await follower.poll()
    expect((await floor.records()).toSorted()).toEqual(['from a', 'from b'])
    await rm(join(folder, 'a.log'))
    await appendFile(join(folder, 'b.log'), 'more b\n')
    await follower.poll()
    expect((await floor.records()).toSorted()).toEqual(['from a', 'from b', 'more b'])
  })

  it('passes over a file that cannot be read, names it, and takes the others', async (context) => {
    const neverReadable = '/proc/self/mem'
    if (!existsSync(neverReadable)) return context.skip('this system has no /proc, thus no file that nobody can read')
    const follower = follow('*.log', ['/proc'])
    await symlink(neverReadable, join(folder, 'a.log'))
    await writeFile(join(folder, 'b.log'), 'from b\n')
    await follower.poll()
    expect(await floor.records()).toEqual(['from b'])
    expect(follower.unreadable).toEqual([expect.stringContaining('a.log: EIO')])
    await rm(join(folder, 'a.log'))
    await follower.poll()
    expect(follower.unreadable).toEqual([])
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, startChild } from './testing/child-server.ts'

describe('two servers on one data directory', () => {
  let dataDir: string

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-one-directory-'))
  })
  afterEach(() => rm(dataDir, { recursive: true, force: true }))

  it('refuses the second, naming the first and the directory, and harms neither', async () => {
    const first = startChild(dataDir)
    try {
      const address = await first.address
      const second = startChild(dataDir)
      await expect(second.exited).resolves.toBe(1)
      const said = second.lines.join('\n')
      expect(said).toContain(dataDir)
      expect(said).toContain(`process ${first.pid}`)
      expect(said).toContain('WATCHFLOOR_DATA_DIR')
      expect(said).not.toContain('    at ')
      await expect(call(address, '/health/live')).resolves.toEqual({ state: 'up' })
    } finally {
      await first.stop()
    }
    const third = startChild(dataDir)
    await third.address
    await expect(third.stop()).resolves.toBe(0)
  }, 60_000)

  it('takes over the directory of a server that was killed', async () => {
    const killed = startChild(dataDir)
    await killed.address
    await killed.kill()
    const next = startChild(dataDir)
    await next.address
    await expect(next.stop()).resolves.toBe(0)
  }, 60_000)

  it('refuses the second before it reaches a database elsewhere', async () => {
    const first = startChild(dataDir)
    try {
      await first.address
      // Nothing listens there: whoever gets as far as the database fails with another message.
      const second = startChild(dataDir, { DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none' })
      await expect(second.exited).resolves.toBe(1)
      expect(second.lines.join('\n')).toContain(`process ${first.pid}`)
    } finally {
      await first.stop()
    }
  }, 60_000)
})

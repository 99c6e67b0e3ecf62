import { describe, expect, it } from 'vitest'
import { relocate } from './module-urls.ts'

const file = '/r/packages/server/src/adapters/sql/open.ts'

describe('files named by their place', () => {
  it('become threads beside the bundle', () => {
    const { text, threads } = relocate('/r', file, "new Worker(new URL('./read.worker.ts', import.meta.url), {})")
    expect(text).toBe("new Worker(new URL('./server-adapters-sql-read.worker.js', import.meta.url), {})")
    expect([...threads]).toEqual([
      ['/r/packages/server/src/adapters/sql/read.worker.ts', 'server-adapters-sql-read.worker'],
    ])
  })

  it('become assets, folders too', () => {
    const { text, assets } = relocate('/r', file, "new URL('../../../../web/dist/', import.meta.url)")
    expect(text).toBe("new URL('./assets/web/dist/', import.meta.url)")
    expect([...assets]).toEqual([['/r/packages/web/dist', 'assets/web/dist']])
  })

  it('are refused in a form that would look elsewhere in the bundle', () => {
    expect(() => relocate('/r', file, 'join(import.meta.dirname, "x")')).toThrow('open.ts: import.meta.dirname')
  })
})

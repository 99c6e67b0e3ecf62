import { describe, expect, it } from 'vitest'
import { memoryTerminal } from '../testing/memory-terminal.ts'
import { type Column, type ListFormat, printPages } from './list.ts'

interface Item {
  readonly name: string
  readonly count: number
}
const columns: Column<Item>[] = [
  { title: 'name', value: (item) => item.name },
  { title: 'count', value: (item) => item.count, align: 'right' },
]
const items: Item[] = [
  { name: '=SUM(A1)', count: 1 },
  { name: 'a,"b"', count: -2 },
  { name: '\u001b[2Jx', count: 3 },
]

/** Pages of two. */
async function print(format: ListFormat, limit: number) {
  const terminal = memoryTerminal()
  const asked: { limit: number; cursor?: string }[] = []
  await printPages(terminal, { format, limit }, columns, async (page) => {
    asked.push(page)
    const from = Number(page.cursor ?? 0)
    const to = Math.min(from + Math.min(2, page.limit), items.length)
    return { items: items.slice(from, to), ...(to < items.length ? { next: String(to) } : {}) }
  })
  return { out: terminal.stdout(), err: terminal.stderr(), asked }
}

describe('printPages', () => {
  it('prints JSON lines as the server gave them', async () => {
    const { out, err } = await print('jsonl', 100)
    expect(out).toBe(items.map((item) => `${JSON.stringify(item)}\n`).join(''))
    expect(err).toBe('')
  })

  it('prints CSV once titled, with formulas made harmless', async () => {
    expect((await print('csv', 100)).out).toBe(`name,count\r\n"'=SUM(A1)",1\r\n"a,""b""",-2\r\n\u001b[2Jx,3\r\n`)
  })

  it('prints a table without what would steer the terminal', async () => {
    expect((await print('table', 100)).out).toBe(
      'name      count\n=SUM(A1)      1\na,"b"        -2\n\ufffd[2Jx         3\n',
    )
  })

  it('asks for no more than wanted, and says when there is more', async () => {
    const { out, err, asked } = await print('jsonl', 1)
    expect(out.split('\n')).toHaveLength(2)
    expect(err).toBe('only the first 1; more with --limit\n')
    expect(asked).toEqual([{ limit: 1 }])
  })
})

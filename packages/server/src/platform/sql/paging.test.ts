import { Refusal } from '@watchfloor/contracts/kernel'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type KeysetOptions, keyset } from './paging.ts'

const options: KeysetOptions<[number, string]> = {
  columns: ['created_ms', 'id'],
  direction: 'desc',
  key: z.tuple([z.number(), z.string()]),
  query: { status: 'open', words: ['a'] },
}
const pages = (changed: Partial<KeysetOptions<[number, string]>> = {}) =>
  keyset<{ ms: number; id: string }, [number, string]>({ ...options, ...changed })
const rows = [3, 2, 1].map((ms) => ({ ms, id: `id ${ms}` }))
const cursorOf = (paging = pages()) => paging.toPage(rows, 2, (row) => [row.ms, row.id]).next ?? ''

const codeOf = (act: () => unknown): string => {
  try {
    act()
    return 'accepted'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

describe('paging by keyset', () => {
  it('gives a cursor only when there is more', () => {
    expect(pages().toPage(rows, 2, (row) => [row.ms, row.id]).items).toEqual(rows.slice(0, 2))
    expect(pages().toPage(rows, 3, (row) => [row.ms, row.id])).toEqual({ items: rows })
    expect(pages().toPage([], 3, (row) => [row.ms, row.id])).toEqual({ items: [] })
  })

  it('accepts its own cursor, also when the query was written in another order', () => {
    expect(codeOf(() => pages().after(cursorOf()))).toBe('accepted')
    expect(codeOf(() => pages({ query: { words: ['a'], status: 'open' } }).after(cursorOf()))).toBe('accepted')
  })

  it.each([
    ['another query', () => pages({ query: { status: 'closed', words: ['a'] } }).after(cursorOf()), 'BAD_REQUEST'],
    ['another order', () => pages({ direction: 'asc' }).after(cursorOf()), 'BAD_REQUEST'],
    ['rubbish', () => pages().after('%%%'), 'BAD_REQUEST'],
    ['nothing', () => pages().after(''), 'BAD_REQUEST'],
    ['JSON of another shape', () => pages().after(Buffer.from('{"a":1}').toString('base64url')), 'BAD_REQUEST'],
    ['a key of another shape', () => pages().after(altered((parts) => [parts[0], parts[1], ['x', 1]])), 'BAD_REQUEST'],
    ['another version', () => pages().after(altered((parts) => [99, parts[1], parts[2]])), 'GONE'],
  ])('refuses a cursor of %s', (_what, act, code) => {
    expect(codeOf(act)).toBe(code)
  })
})

function altered(change: (parts: unknown[]) => unknown[]): string {
  const parts = z.array(z.unknown()).parse(JSON.parse(Buffer.from(cursorOf(), 'base64url').toString()))
  return Buffer.from(JSON.stringify(change(parts))).toString('base64url')
}

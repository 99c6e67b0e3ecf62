import { describe, expect, it } from 'vitest'
import { safeNext } from './safe-next.ts'

describe('coming back after signing in', () => {
  it.each([
    ['/alerts?status=new', '/alerts?status=new'],
    ['//evil.example', '/'],
    ['https://evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/login?next=/login', '/'],
    [undefined, '/'],
  ])('%s leads to %s', (next, wanted) => expect(safeNext(next)).toBe(wanted))
})

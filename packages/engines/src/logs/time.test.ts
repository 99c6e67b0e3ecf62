import { describe, expect, it } from 'vitest'
import { parseTimeMs } from './index.ts'

const receivedMs = Date.UTC(2026, 5, 15, 12)
const ms = Date.UTC(2026, 5, 15, 10, 0, 0)

describe('parseTimeMs', () => {
  const same: readonly (string | number)[] = [
    '2026-06-15T10:00:00Z',
    '2026-06-15T12:00:00+02:00',
    '2026-06-15T12:00:00+0200',
    '2026-06-15T05:00:00-05',
    '2026-06-15 10:00:00',
    '2026-06-15 10:00:00 UTC',
    '2026-06-15T10:00:00.000000000Z',
    '2026-06-15 10:00:00,000',
    '2026/06/15 10:00:00',
    '15/Jun/2026:12:00:00 +0200',
    'Jun 15 10:00:00',
    'Jun 15 2026 10:00:00',
    'Mon Jun 15 10:00:00 2026',
    'Mon, 15 Jun 2026 10:00:00 GMT',
    '6/15/2026 10:00:00 AM',
    '/Date(1781517600000)/',
    1_781_517_600,
    1_781_517_600_000,
    1_781_517_600_000_000,
    1_781_517_600_000_000_000,
    134_259_912_000_000_000,
    '1781517600',
    '1781517600.000',
  ]
  it.each(same)('reads %s', (value) => expect(parseTimeMs(value, receivedMs)).toBe(ms))
  it.each([
    '',
    'now',
    '2026-13-01T00:00:00Z',
    '2026-06-15T10:00:00 Mars',
    '2026-06-15',
    '99:99:99',
    {},
    null,
    Number.NaN,
    -5,
    '15/Foo/2026:10:00:00',
  ])('refuses %s', (value) => {
    expect(parseTimeMs(value, receivedMs)).toBeUndefined()
  })
  it('keeps milliseconds and drops what is finer', () => {
    expect(parseTimeMs('2026-06-15T10:00:00.123999Z', receivedMs)).toBe(ms + 123)
  })
})

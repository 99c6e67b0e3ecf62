import { describe, expect, it } from 'vitest'
import { parseInstant, parseSpanMs } from './time-span.ts'

describe('parseSpanMs', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['1y', 31_536_000_000],
  ])('reads %s', (text, ms) => expect(parseSpanMs(text)).toBe(ms))

  it.each(['', '7', 'd', '-1d', '0h', '1.5h', '7 d', '999999999y', '1__proto__'])('refuses %j', (text) => {
    expect(() => parseSpanMs(text)).toThrow('A span looks like')
  })
})

describe('parseInstant', () => {
  it.each([
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T12:30', '2026-03-01T12:30:00.000Z'],
    ['2026-03-01 12:30:15', '2026-03-01T12:30:15.000Z'],
    ['2026-03-01T12:30:15.5+02:00', '2026-03-01T10:30:15.500Z'],
  ])('reads %s', (text, instant) => expect(parseInstant(text)).toBe(instant))

  it.each(['yesterday', '2026-13-01', '2026-03-01T25:00Z', '1 March 2026', '20260301'])('refuses %j', (text) => {
    expect(() => parseInstant(text)).toThrow('A time looks like')
  })
})

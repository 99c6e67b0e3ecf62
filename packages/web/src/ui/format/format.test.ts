import { describe, expect, it } from 'vitest'
import { defang, valueKind } from './defang.ts'
import { eventSummary, fieldText, prettyRaw } from './field-value.ts'
import { formatBytes, formatCompact, formatCount, formatPercent, formatRate } from './number.ts'
import { formatInstant, formatRelative, formatSpan, formatTick, parseInstant } from './time.ts'

describe('defanging', () => {
  it.each([
    ['http://bad.example/a.b?c=d.e', 'hxxp://bad[.]example/a.b?c=d.e'],
    ['https://192.0.2.1:8080/x', 'hxxps://192[.]0[.]2[.]1:8080/x'],
    ['192.0.2.7', '192[.]0[.]2[.]7'],
    ['2001:db8::1', '2001[:]db8[:][:]1'],
    ['mallory@bad.example', 'mallory[@]bad[.]example'],
    ['www.bad.example', 'www[.]bad[.]example'],
    ['powershell.exe', 'powershell.exe'],
    ['C:\\Windows\\a.exe', 'C:\\Windows\\a.exe'],
    ['d41d8cd98f00b204e9800998ecf8427e', 'd41d8cd98f00b204e9800998ecf8427e'],
  ])('writes %s as %s', (value, wanted) => expect(defang(value)).toBe(wanted))

  it('knows what a value looks like', () => {
    expect(valueKind('192.0.2.1')).toBe('ipv4')
    expect(valueKind('12:34')).toBe('other')
    expect(valueKind('a'.repeat(64))).toBe('hash')
    expect(valueKind('x'.repeat(5000))).toBe('other')
  })
})

describe('numbers', () => {
  it('keeps every digit where there is room', () => expect(formatCount(1_234_567)).toBe('1,234,567'))
  it('shortens from ten thousand on', () =>
    expect([formatCompact(9999), formatCompact(12_300)]).toEqual(['9,999', '12.3K']))
  it('counts bytes in thousands', () =>
    expect([formatBytes(0), formatBytes(1_536_000), formatBytes(250_000_000)]).toEqual(['0 B', '1.5 MB', '250 MB']))
  it('never calls something nothing', () =>
    expect([formatPercent(0), formatPercent(0.2), formatPercent(12.6)]).toEqual(['0%', '<1%', '13%']))
  it('shows slow rates finely', () => expect([formatRate(0.25), formatRate(42.4)]).toEqual(['0.3', '42']))
})

describe('time', () => {
  const noon = Date.UTC(2026, 2, 1, 12, 0, 0, 7)

  it('writes an instant in its zone', () => {
    expect(formatInstant(noon, 'UTC')).toBe('2026-03-01 12:00:00.007')
    expect(formatInstant(noon, 'Asia/Tokyo')).toBe('2026-03-01 21:00:00.007')
  })
  it('says midnight as 00', () => expect(formatInstant(Date.UTC(2026, 0, 1), 'UTC')).toBe('2026-01-01 00:00:00.000'))
  it.each([
    ['2026-03-01 12:00:00.007', 'UTC', noon],
    ['2026-03-01T21:00:00.007', 'Asia/Tokyo', noon],
    ['2026-03-01T13:00:00.007+01:00', 'Asia/Tokyo', noon],
    ['2026-03-29 03:30', 'Europe/Berlin', Date.UTC(2026, 2, 29, 1, 30)],
    ['2026-02-30 12:00', 'UTC', null],
    ['yesterday', 'UTC', null],
  ])('reads %s in %s', (text, zone, wanted) => expect(parseInstant(text, zone)).toBe(wanted))
  it('reads what it writes, on both sides of a clock change', () => {
    for (const ms of [Date.UTC(2026, 2, 28), Date.UTC(2026, 2, 29, 2), Date.UTC(2026, 9, 24), Date.UTC(2026, 9, 26)])
      expect(parseInstant(formatInstant(ms, 'Europe/Berlin'), 'Europe/Berlin')).toBe(ms)
  })
  it('speaks in the largest unit', () => {
    expect(formatSpan(59_000)).toBe('59 s')
    expect(formatRelative(noon - 3 * 86_400_000, noon)).toBe('3 d ago')
    expect(formatRelative(noon + 2 * 3_600_000, noon)).toBe('in 2 h')
    expect(formatRelative(noon - 2000, noon)).toBe('now')
  })
  it('labels an axis by its span', () => {
    expect(formatTick(noon, 3_600_000, 'UTC')).toBe('12:00')
    expect(formatTick(noon, 30 * 86_400_000, 'UTC')).toBe('1 Mar')
  })
})

describe('field values', () => {
  it('shows what is no text as JSON', () =>
    expect([fieldText({ a: 1 }), fieldText(null), fieldText(5)]).toEqual(['{"a":1}', '–', '5']))
  it('indents JSON and leaves the rest alone', () =>
    expect([prettyRaw('{"a":1}'), prettyRaw('{broken')]).toEqual(['{\n  "a": 1\n}', '{broken']))
  it('sums an event up in one line', () => {
    expect(eventSummary({ message: 'a\n  b' }, 'raw')).toBe('a b')
    expect(eventSummary({}, 'raw line')).toBe('raw line')
  })
})

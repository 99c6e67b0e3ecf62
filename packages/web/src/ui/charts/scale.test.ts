import { expect, it } from 'vitest'
import { formatDuration, formatTick, offsetMinutes } from '../format/time.ts'
import { timeTicks } from './scale.ts'

const inZone = (zone: string) => (ms: number) => offsetMinutes(ms, zone) * 60_000
const labels = (from: string, to: string, zone: string, most = 6): string[] => {
  const fromMs = Date.parse(from)
  const toMs = Date.parse(to)
  return timeTicks(fromMs, toMs, most, inZone(zone)).map((ms) => formatTick(ms, toMs - fromMs, zone))
}

it('puts ticks at whole hours, whatever the first bar begins with', () => {
  expect(labels('2026-03-01T11:55:00Z', '2026-03-02T11:55:00Z', 'UTC')).toEqual([
    '12:00',
    '16:00',
    '20:00',
    '00:00',
    '04:00',
    '08:00',
  ])
})

it('reads wall-clock time: half past in UTC is a whole hour in Kolkata', () => {
  expect(labels('2026-03-01T00:00:00Z', '2026-03-01T03:00:00Z', 'Asia/Kolkata', 3)).toEqual(['06:00', '07:00', '08:00'])
})

it('tells ticks of a short span apart by their seconds', () => {
  expect(labels('2026-03-01T11:41:10Z', '2026-03-01T11:43:10Z', 'UTC')).toEqual([
    '11:41:30',
    '11:42:00',
    '11:42:30',
    '11:43:00',
  ])
})

it('names each day once across a change of the clock', () => {
  expect(labels('2026-03-27T12:00:00Z', '2026-03-31T12:00:00Z', 'Europe/Zurich')).toEqual([
    '28 Mar',
    '29 Mar',
    '30 Mar',
    '31 Mar',
  ])
})

it('says how long something took', () => {
  expect([340, 1240, 75_000].map(formatDuration)).toEqual(['340 ms', '1.2 s', '1 min'])
})

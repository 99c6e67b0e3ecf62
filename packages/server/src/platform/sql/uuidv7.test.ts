import { describe, expect, it } from 'vitest'
import { steppedClock } from '../clock/clock.ts'
import { uuidv7Maker } from './uuidv7.ts'

const zeroes = (count: number) => new Uint8Array(count)
const ones = (count: number) => new Uint8Array(count).fill(255)

describe('UUID version 7', () => {
  it('holds the time, the version and the variant of RFC 9562', () => {
    // The time of the RFC's example, A.6; its random part is other bits here.
    const make = uuidv7Maker(steppedClock(0x017f22e279b0), zeroes)
    expect(make()).toBe('017f22e2-79b0-7000-8000-000000000000')
    expect(uuidv7Maker(steppedClock(0x017f22e279b0), ones)()).toBe('017f22e2-79b0-77ff-bfff-ffffffffffff')
  })

  it('rises strictly, also within a millisecond, through a full counter, and when the clock steps back', () => {
    let nowMs = 1_800_000_000_000
    const make = uuidv7Maker({ now: () => nowMs }, ones)
    const ids = Array.from({ length: 10_000 }, (_, index) => {
      if (index === 3000) nowMs -= 60_000
      if (index === 6000) nowMs += 120_000
      return make()
    })
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(ids.length)
  })
})

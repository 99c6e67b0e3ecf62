import { normalise } from '@watchfloor/engines/logs'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { intruders, people, sites } from './company.ts'
import { ordinaryDay, ordinaryTime } from './ordinary.ts'
import { demoSources, type LogRecord, type SourceKey } from './record.ts'
import { playStory, story } from './story.ts'

const toMs = Date.UTC(2026, 2, 4, 15, 30)
const day = { seed: 1, fromMs: toMs - 9 * 3_600_000, toMs }
const afternoon = { seed: 1, fromMs: toMs - 3 * 3_600_000, toMs }

const dayRecords = [...ordinaryDay(day)].flat()
const storyRecords = playStory(afternoon).flatMap((one) => one.records)
const all = [...dayRecords, ...storyRecords]

/** The text parser that reads each source, as far as one does; several programs write to the same syslog. */
const parsersOf: Readonly<Record<SourceKey, readonly string[]>> = {
  workstations: ['windows-winlogbeat'],
  servers: ['windows-winlogbeat'],
  domain: ['windows-flat'],
  linux: ['syslog', 'linux-auditd'],
  mail: ['syslog', 'key-value'],
  proxy: ['squid'],
  network: ['zeek'],
  vpn: ['key-value'],
  cloud: ['aws-cloudtrail'],
}

const normalised = (record: LogRecord) =>
  normalise(record.text, { receivedMs: toMs, format: demoSources[record.source].format })

describe('the ordinary day', () => {
  it('is the same for the same arguments, and another one for another seed', () => {
    const first = (seed: number) => ordinaryDay({ ...day, seed }).next().value
    expect(first(1)).toEqual(first(1))
    expect(first(2)).not.toEqual(first(1))
  })

  it('brings as many records at any time of the year', () => {
    const later = 200 * 86_400_000 + 12_345
    const moved = [...ordinaryDay({ seed: 1, fromMs: day.fromMs + later, toMs: day.toMs + later })].flat()
    expect(moved.length).toBe(dayRecords.length)
  })

  it('holds 20,000 to 40,000 records of every source, in order and within the day', () => {
    expect(dayRecords.length).toBeGreaterThan(20_000)
    expect(dayRecords.length).toBeLessThan(40_000)
    expect(new Set(dayRecords.map((record) => record.source))).toEqual(new Set(Object.keys(demoSources)))
    dayRecords.forEach((record, index) => {
      expect(record.timeMs).toBeGreaterThanOrEqual(dayRecords[index - 1]?.timeMs ?? day.fromMs)
      expect(record.timeMs).toBeLessThan(day.toMs)
    })
  })

  it('loses nothing that ends in a later slice', () => {
    const spread = { seed: 3, fromMs: 0, toMs: 3_600_000, busynessAt: () => 1 }
    const slices = [...ordinaryTime({ ...spread, sliceMs: 60_000 })]
    const logons = slices.flat().filter((record) => record.text.includes('"event_id":"4624"'))
    const logoffs = slices.flat().filter((record) => record.text.includes('"event_id":"4634"'))
    expect(logons.length).toBeGreaterThan(100)
    expect(logoffs.length).toBeGreaterThan(50)
    for (const [index, slice] of slices.entries())
      for (const record of slice) expect(Math.floor(record.timeMs / 60_000)).toBe(index)
  })
})

describe('the intrusion', () => {
  it('is the same for the same arguments', () => {
    expect(playStory(afternoon)).toEqual(playStory(afternoon))
  })

  it('unfolds in order, each step leaving records, also when it is hurried', () => {
    for (const minutes of [180, 2.5, 0.05]) {
      const steps = playStory({ seed: 1, fromMs: toMs, toMs: toMs + minutes * 60_000 })
      expect(steps.map((one) => one.step)).toEqual(story)
      steps.forEach(({ fromMs, records }, index) => {
        expect(records.length).toBeGreaterThan(0)
        expect(records[0]?.timeMs).toBeGreaterThanOrEqual(Math.floor(fromMs))
        expect(fromMs).toBeGreaterThanOrEqual(steps[index - 1]?.fromMs ?? toMs)
      })
    }
  })

  it('leaves traces in every source', () => {
    expect(new Set(storyRecords.map((record) => record.source))).toEqual(new Set(Object.keys(demoSources)))
  })
})

describe('records', () => {
  it('are read by the parser of what they imitate, with their own time', () => {
    for (const record of all) {
      const event = normalised(record)
      expect(parsersOf[record.source], record.text).toContain(event.parser)
      expect(event.warnings, record.text).toEqual([])
      expect(event.timeSource).toBe('event')
      // Syslog of the old kind has no fractions of a second.
      expect(Math.abs(event.timeMs - record.timeMs), record.text).toBeLessThan(1000)
    }
  })

  it('name private addresses and those for documentation only', () => {
    const allowed = ['10.0.0.0/8', '127.0.0.0/8', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'].map((network) =>
      ipaddr.IPv4.parseCIDR(network),
    )
    const found = new Set(
      all.flatMap(({ text }) => text.match(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]|\.in-addr)/g) ?? []),
    )
    expect(found.size).toBeGreaterThan(50)
    const foreign = [...found].filter(
      (text) => ipaddr.IPv4.isValid(text) && !allowed.some((network) => ipaddr.IPv4.parse(text).match(network)),
    )
    expect(foreign).toEqual([])
  })

  it('name domains only that are reserved for examples', () => {
    const urls = all.flatMap(({ text }) => [...text.matchAll(/https?:\/\/([a-z][\w.-]+)/g)].map((match) => match[1]))
    const asked = all.flatMap(({ text, source }) => (source === 'network' ? (JSON.parse(text).query ?? []) : []))
    const mails = all.flatMap(({ text }) => text.match(/(?<=@)[a-z][\w.-]+\.[a-z]+/g) ?? [])
    const known = [...sites.map((site) => site.host), intruders.storeHost, ...people.map((one) => one.mail)]
    const names = new Set<string>([...urls, ...asked, ...mails, ...known])
    expect(names.size).toBeGreaterThan(30)
    const reserved = /(?:^|[.@])example\.(?:com|net|org)$|\.(?:example|test|invalid)$|\.in-addr\.arpa$/
    expect([...names].filter((name) => !reserved.test(name))).toEqual([])
  })
})

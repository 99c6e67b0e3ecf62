import type { Alert } from '@watchfloor/contracts/alerts'
import { alert as alertSchema } from '@watchfloor/contracts/alerts'
import { describe, expect, it } from 'vitest'
import { bucketTimes } from './bucket-times.ts'
import { filterFromUrl, firstSeenFromUrl, matchesFilter, reverseOf, tellingEntities, withChange } from './filter.ts'
import { matchedFields } from './matched-fields.ts'

const anAlert = (change: Partial<Alert> = {}): Alert => ({
  ...alertSchema.parse({
    id: 'a1',
    title: 'Encoded PowerShell',
    severity: 'high',
    status: 'new',
    resolution: null,
    ruleId: 'r1',
    ruleTitle: 'Encoded PowerShell',
    techniques: ['T1059.001'],
    entities: { 'user.name': 'ada', 'host.name': 'srv1.example.org', 'file.path': 'x' },
    count: 2,
    firstSeenAt: '2026-01-01T00:00:00.000Z',
    lastSeenAt: '2026-01-02T00:00:00.000Z',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    assignee: null,
    version: 3,
    comments: 0,
  }),
  ...change,
})

describe('the filter of triage', () => {
  it('means the open ones when nobody says otherwise', () => {
    expect(filterFromUrl({}, null)).toEqual({ status: 'new,acknowledged,in-progress' })
    expect(filterFromUrl({ status: 'all', assignee: 'me' }, null)).toEqual({ assignee: 'me' })
  })
  it('takes the stretch that a bar of the overview stands for, and shows it as one chip', () => {
    const bar = { status: 'all', firstSeenFrom: '2026-01-01T00:00:00.000Z', firstSeenTo: '2026-01-01T00:30:00.000Z' }
    const { status: _, ...wanted } = bar
    expect(filterFromUrl(bar, null)).toEqual(wanted)
    expect(firstSeenFromUrl(bar)).toMatchObject({ kind: 'absolute' })
    expect(firstSeenFromUrl({ ...bar, firstSeenTo: 'soon' })).toBeNull()
  })
  it.each([
    [{ firstSeenFrom: '2026-01-01T00:00:00.000Z' }, true],
    [{ firstSeenFrom: '2026-01-01T00:00:00.001Z' }, false],
    [{ firstSeenTo: '2026-01-01T00:00:00.000Z' }, false],
    [{ status: 'new' }, true],
    [{ status: 'closed' }, false],
    [{ severity: 'high,critical' }, true],
    [{ assignee: 'nobody' }, true],
    [{ assignee: 'me' }, false],
    [{ text: 'POWERSHELL' }, true],
    [{ entity: 'ada' }, true],
    [{ technique: 'T1003' }, false],
    [{ from: '2026-01-03T00:00:00.000Z' }, false],
  ])('%j takes the alert: %s', (filter, wanted) => expect(matchesFilter(anAlert(), filter, 'u1')).toBe(wanted))
  it('knows what is mine', () =>
    expect(matchesFilter(anAlert({ assignee: { id: 'u1', name: 'Ada' } }), { assignee: 'me' }, 'u1')).toBe(true))
})

describe('a change shown before the server agrees', () => {
  it('closes with its reason and reopens without one', () => {
    const closed = withChange(anAlert(), { status: 'closed', resolution: 'benign' }, null)
    expect(closed).toMatchObject({ status: 'closed', resolution: 'benign' })
    expect(withChange(closed, { status: 'in-progress' }, null)).toMatchObject({
      status: 'in-progress',
      resolution: null,
    })
  })
  it('can be taken back', () => {
    const before = anAlert({ assignee: { id: 'u1', name: 'Ada' } })
    const change = { status: 'closed', resolution: 'benign', assignee: null } as const
    expect(withChange(withChange(before, change, null), reverseOf(before, change), before.assignee)).toEqual(before)
  })
})

describe('what a row shows', () => {
  it('names the host and the user first', () =>
    expect(tellingEntities(anAlert().entities, 2).map(([field]) => field)).toEqual(['host.name', 'user.name']))
})

describe('fields that a rule met', () => {
  const event = {
    fields: { 'process.command_line': 'a -enc b', 'process.name': 'a' },
    derivedFrom: { 'process.command_line': ['CommandLine'] },
  }
  it('are found under our names', () =>
    expect([...matchedFields([{ field: 'CommandLine', value: 'a -enc b' }], event).keys()]).toEqual([
      'process.command_line',
    ]))
  it('are found by value for keywords', () =>
    expect([...matchedFields([{ field: null, value: '-enc' }], event).keys()]).toEqual(['process.command_line']))
  it('are none without an event', () => expect(matchedFields([{ field: 'a', value: 'b' }], undefined).size).toBe(0))
})

describe('detections over time', () => {
  it('loses none and makes no more bars than asked for', () => {
    for (const times of [[5], [0, 86_400_000], Array.from({ length: 1000 }, (_, i) => i * 1777)]) {
      const { bars } = bucketTimes(times, 48)
      expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(times.length)
      expect(bars.length).toBeLessThanOrEqual(49)
    }
  })
})

import type { Detection } from '@watchfloor/contracts/detections'
import type { DetectionId, EventId, RuleId, SourceId } from '@watchfloor/contracts/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AlertState, alertIdOf, changeAlert, groupDetections, groupKeyOf, groupWindowMs } from './model.ts'

const startMs = Date.UTC(2026, 2, 1)
const nowMs = startMs + 30 * 86_400_000

const detection = (number: number, more: Partial<Detection> = {}): Detection => ({
  id: `rule-1@event-${number}` as DetectionId,
  kind: 'sigma',
  retrospective: false,
  evidence: null,
  ruleId: 'rule-1' as RuleId,
  ruleTitle: 'A rule',
  ruleVersion: 1,
  level: 'medium',
  eventId: `event-${number}` as EventId,
  sourceId: 'source-1' as SourceId,
  time: new Date(startMs + number * 1000).toISOString(),
  detectedAt: new Date(nowMs).toISOString(),
  entities: { 'host.name': 'WS-1' },
  techniques: ['T1059'],
  ...more,
})
const at = (ms: number): { time: string } => ({ time: new Date(ms).toISOString() })
const group = (detections: readonly Detection[], open: readonly AlertState[] = []) =>
  groupDetections(detections, open, nowMs)

describe('grouping of detections', () => {
  it('puts one rule on one host into one alert, whatever the case of its name', () => {
    const { alerts, placed } = group([detection(1), detection(2, { entities: { 'host.name': 'ws-1' } })])
    expect(alerts).toHaveLength(1)
    expect(alerts[0]).toMatchObject({ isNew: true, alert: { count: 2, version: 1, status: 'new' } })
    expect(new Set(placed.map((one) => one.alertId)).size).toBe(1)
  })

  it('tells hosts, then users, then addresses, then sources apart', () => {
    const of = (entities: Record<string, string>) => groupKeyOf({ ...detection(1), entities })
    expect(of({ 'host.name': 'a', 'user.name': 'x' })).toBe(of({ 'host.name': 'a', 'user.name': 'y' }))
    expect(of({ 'user.name': 'x' })).not.toBe(of({ 'user.name': 'y' }))
    expect(of({ 'source.ip': '192.0.2.1' })).not.toBe(of({ 'destination.ip': '192.0.2.1' }))
    expect(of({})).toContain('source-1')
  })

  it('tells groups of a correlation apart, wherever their events happened', () => {
    const of = (user: string, host: string) =>
      groupKeyOf({
        ...detection(1),
        entities: { 'host.name': host },
        evidence: {
          type: 'correlation',
          group: { TargetUserName: user },
          value: 10,
          from: at(startMs).time,
          to: at(startMs).time,
          eventIds: [],
          rules: [],
        },
      })
    expect(of('alice', 'a')).toBe(of('Alice', 'b'))
    expect(of('alice', 'a')).not.toBe(of('bob', 'a'))
  })

  it('opens another alert when more than the window lies between', () => {
    const late = startMs + groupWindowMs + 10_000
    expect(group([detection(1), detection(2, at(late))]).alerts).toHaveLength(2)
    expect(group([detection(1), detection(2, at(startMs + groupWindowMs))]).alerts).toHaveLength(1)
  })

  it('lets an open alert grow: worst level, common entities, first and last time', () => {
    const open = group([detection(5, { entities: { 'host.name': 'ws-1', 'user.name': 'ada' } })]).alerts[0]
      ?.alert as AlertState
    const grown = group(
      [detection(1, { level: 'critical', entities: { 'host.name': 'ws-1', 'user.name': 'bob' } })],
      [open],
    ).alerts[0]
    expect(grown).toMatchObject({
      isNew: false,
      alert: {
        id: open.id,
        severity: 'critical',
        entities: { 'host.name': 'ws-1' },
        firstSeenMs: startMs + 1000,
        lastSeenMs: startMs + 5000,
        count: 2,
      },
    })
    const kept = group([detection(9, { level: 'low' })], [open]).alerts[0]
    expect(kept?.alert.severity).toBe('medium')
  })

  it('leaves a severity that a person chose, up or down', () => {
    const open = group([detection(1)]).alerts[0]?.alert as AlertState
    const lowered = changeAlert(open, { severity: 'low' }, undefined, nowMs).alert
    const [grown] = group([detection(2, { level: 'critical' })], [lowered]).alerts
    expect(grown?.alert).toMatchObject({ severity: 'low', count: 2 })
  })

  const anyDetection = fc
    .record({
      number: fc.integer({ min: 1, max: 400 }),
      host: fc.constantFrom('a', 'b', 'C', 'c'),
      rule: fc.constantFrom('r1', 'r2'),
      hours: fc.integer({ min: 0, max: 100 }),
    })
    .map(({ number, host, rule, hours }) =>
      detection(number, {
        id: `${rule}@event-${number}-${host}` as DetectionId,
        ruleId: rule as RuleId,
        entities: { 'host.name': host },
        ...at(startMs + hours * 3_600_000),
      }),
    )
  const distinct = fc.uniqueArray(anyDetection, { selector: (one) => one.id, maxLength: 40 })

  it('places every detection once, and counts are sums of what was placed', () => {
    fc.assert(
      fc.property(distinct, (detections) => {
        const { alerts, placed } = group(detections)
        expect(placed.map((one) => one.detection.id).toSorted()).toEqual(detections.map((one) => one.id).toSorted())
        for (const { alert } of alerts) {
          const mine = placed.filter((one) => one.alertId === alert.id)
          expect(alert.count).toBe(mine.length)
          const times = mine.map((one) => Date.parse(one.detection.time))
          expect([alert.firstSeenMs, alert.lastSeenMs]).toEqual([Math.min(...times), Math.max(...times)])
          expect(new Set(mine.map((one) => groupKeyOf(one.detection)))).toEqual(new Set([alert.groupKey]))
        }
        expect(alerts.reduce((sum, { alert }) => sum + alert.count, 0)).toBe(detections.length)
      }),
    )
  })

  it('comes to the same whatever order they arrive in', () => {
    fc.assert(
      fc.property(distinct, fc.infiniteStream(fc.nat()), (detections, keys) => {
        const shuffled = detections
          .map((one) => [keys.next().value ?? 0, one] as const)
          .toSorted((a, b) => a[0] - b[0])
          .map(([, one]) => one)
        expect(group(shuffled)).toEqual(group(detections))
      }),
    )
  })

  it('names an alert by its group and the detection that opened it', () => {
    const [opened] = group([detection(3), detection(1)]).alerts
    expect(opened?.alert.id).toBe(alertIdOf(groupKeyOf(detection(1)), detection(1).id))
  })
})

describe('a change by a person', () => {
  const alert = group([detection(1)]).alerts[0]?.alert as AlertState
  const ada = { id: 'u1', name: 'Ada' }

  it('is refused when the alert has moved on since', () => {
    expect(() => changeAlert(alert, { severity: 'high', expectedVersion: 0 }, undefined, nowMs)).toThrow(
      expect.objectContaining({ code: 'STALE_EDIT' }),
    )
  })

  it('does not close without a resolution, closes with one, and reopens', () => {
    expect(() => changeAlert(alert, { status: 'closed' }, undefined, nowMs)).toThrow(
      expect.objectContaining({ code: 'UNPROCESSABLE' }),
    )
    const closed = changeAlert(alert, { resolution: 'false-positive' }, undefined, nowMs).alert
    expect(closed).toMatchObject({ status: 'closed', closedMs: nowMs, acknowledgedMs: nowMs })
    const { alert: open, activity } = changeAlert(closed, { status: 'new' }, undefined, nowMs + 1)
    expect(open).toMatchObject({ status: 'new', resolution: null, closedMs: null })
    expect(activity).toMatchObject([{ kind: 'reopened' }])
  })

  it('that changes nothing leaves version and activity alone', () => {
    const { alert: same, activity } = changeAlert(
      alert,
      { severity: alert.severity, status: alert.status, comment: '  ' },
      null,
      nowMs,
    )
    expect(same).toBe(alert)
    expect(activity).toEqual([])
  })

  it('notes each thing that changed', () => {
    const { alert: changed, activity } = changeAlert(
      alert,
      { assignee: ada.id, severity: 'high', comment: 'looking' },
      ada,
      nowMs,
    )
    expect(changed).toMatchObject({ assignee: ada, severity: 'high', comments: 1, version: alert.version + 1 })
    expect(activity.map((line) => line.kind)).toEqual(['assignee', 'severity', 'comment'])
  })
})

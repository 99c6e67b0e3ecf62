import { normalise } from '@watchfloor/engines/logs'
import { expect, it } from 'vitest'
import type { PatternText } from '../../detections/index.ts'
import type { HuntedEvent } from './messages.ts'
import { patternsMatcher } from './patterns.ts'

const receivedMs = Date.UTC(2026, 2, 1)

const text = (id: string, pattern: string, more: Partial<PatternText> = {}): PatternText => ({
  rule: { kind: 'pattern', id: `pattern:pat-${id}`, version: 3, title: id, level: 'high', techniques: [] },
  text: pattern,
  patternVersion: '2.1',
  validFromMs: null,
  validUntilMs: null,
  scope: pattern.includes('FOLLOWEDBY') ? 'sequence' : 'event',
  ...more,
})

function event(second: number, commandLine: string): HuntedEvent {
  const raw = JSON.stringify({
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    UtcTime: new Date(receivedMs - 3_600_000 + second * 1000).toISOString(),
    CommandLine: commandLine,
  })
  const { ecs, timeMs } = normalise(raw, { receivedMs })
  return { id: `e.0.0.${second}`, timeMs, raw, hint: { receivedMs }, ecs }
}

it('finds kept patterns as the live stream would name them, over one event and over several', () => {
  const look = patternsMatcher([
    text('one', "[process:command_line LIKE '%tool%']"),
    text(
      'two',
      "([process:command_line LIKE '%stage-1%'] FOLLOWEDBY [process:command_line LIKE '%stage-2%']) WITHIN 60 SECONDS",
    ),
  ])
  const hits = [event(0, 'stage-1'), event(10, 'tool'), event(20, 'stage-2'), event(30, 'stage-2')].flatMap(look)
  expect(hits).toMatchObject([
    {
      row: 1,
      rule: { kind: 'pattern', id: 'pattern:pat-one', version: 3 },
      matched: [{ field: 'process:command_line', value: 'tool' }],
      evidence: { type: 'pattern', patternId: 'pattern:pat-one', eventIds: ['e.0.0.10'] },
    },
    { row: 2, rule: { id: 'pattern:pat-two' }, evidence: { eventIds: ['e.0.0.0', 'e.0.0.20'] } },
  ])
  expect(hits).toHaveLength(2)
})

it('leaves out what had ended when the event was received, and not what became valid only later', () => {
  const look = patternsMatcher([
    text('ended', "[process:command_line LIKE '%tool%']", { validUntilMs: receivedMs }),
    text('later', "[process:command_line LIKE '%tool%']", { validFromMs: receivedMs + 1 }),
  ])
  expect([event(0, 'tool')].flatMap(look).map((hit) => hit.rule.id)).toEqual(['pattern:pat-later'])
})

import { recordedLines } from '../load/public-data.ts'
import { ciscoEvents } from './cisco-events.ts'
import { rawWindows, structuredWindows, windowsEvents } from './windows-events.ts'

/** Events of one kind, as lines of JSON. */
export interface Lane {
  readonly name: string
  readonly lines: readonly string[]
}

/** What rules are measured on: generated lanes of 0.5-1 KB an event, and recorded attacks where the test data is there. */
export function* sigmaLanes(eventsPerLane: number): Iterable<Lane> {
  const everyday = [...windowsEvents(eventsPerLane, 'everyday')]
  yield { name: 'raw-windows', lines: everyday.map(rawWindows) }
  yield { name: 'structured-windows', lines: everyday.map(structuredWindows) }
  yield { name: 'sysmon-file', lines: [...windowsEvents(eventsPerLane, 'files')].map(structuredWindows) }
  yield { name: 'cisco', lines: ciscoEvents(eventsPerLane) }
  const recorded = recordedLines()
  if (recorded === undefined) return
  // Spread over all recordings.
  const step = Math.max(1, Math.floor(recorded.length / eventsPerLane))
  // Each a text of its own, as what receives events makes them: a part of a large text takes the form of the whole.
  const sample = recorded
    .filter((line, i) => i % step === 0 && line.startsWith('{'))
    .map((line) => Buffer.from(line).toString())
  yield { name: 'otrf', lines: sample }
  yield { name: 'otrf-4kb', lines: sample.filter(({ length }) => length >= 3_000 && length <= 6_000) }
  yield { name: 'otrf-without-message', lines: sample.map(withoutMessage) }
}

function withoutMessage(line: string): string {
  const record = JSON.parse(line) as Record<string, unknown>
  delete record.Message
  return JSON.stringify(record)
}

import { describe, expect, it } from 'vitest'
import { killRun } from './kill-run.ts'

describe('a server that is killed while events come in', () => {
  // The long version, with stores that lose their last seconds, is `npm run test:kill`.
  it('has every acknowledged event and every detection exactly once in the end', { timeout: 120_000 }, async () => {
    const result = await killRun(3, { seed: 1, progress: () => {} })
    expect(result.faults).toEqual([])
    expect(result.events).toBeGreaterThan(0)
    expect(result.detections).toBeGreaterThan(0)
  })
})

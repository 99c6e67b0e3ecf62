import { writeFileSync } from 'node:fs'
import type { SerializedError } from 'vitest'
import type { Reporter, TestModule } from 'vitest/node'

/** What a run came to. `failed` counts also files that did not load and errors outside any test. */
export interface TestSummary {
  passed: number
  failed: number
  skipped: number
  /** Reason → how many tests were skipped for it. */
  reasons: Record<string, number>
}

const noReason = 'no reason given'

/** Writes the counts where `WATCHFLOOR_TEST_SUMMARY` says, for the closing line of `npm test`. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<SerializedError>): void {
    const file = process.env.WATCHFLOOR_TEST_SUMMARY
    if (file) writeFileSync(file, JSON.stringify(summarise(modules, errors.length)))
  }
}

export function summarise(modules: Iterable<TestModule>, looseErrors: number): TestSummary {
  const summary: TestSummary = { passed: 0, failed: looseErrors, skipped: 0, reasons: {} }
  for (const module of modules) {
    const failedBefore = summary.failed
    for (const test of module.children.allTests()) {
      const result = test.result()
      if (result.state === 'passed') summary.passed++
      else if (result.state === 'failed') summary.failed++
      else {
        summary.skipped++
        const reason = (result.state === 'skipped' && result.note) || titleReason(test.fullName)
        summary.reasons[reason] = (summary.reasons[reason] ?? 0) + 1
      }
    }
    if (!module.ok() && summary.failed === failedBefore) summary.failed++
  }
  return summary
}

/** Suites that are skipped as a whole carry their reason in the title: `… (skipped: WATCHFLOOR_TEST_DATA is absent)`. */
function titleReason(fullName: string): string {
  return fullName.match(/\(skipped: ([^)]*)\)/)?.[1] ?? noReason
}

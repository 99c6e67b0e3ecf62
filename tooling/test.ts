// npm test, npm run test:services, npm run test:e2e: runs one project of vitest.config.ts and closes with one line of counts.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, runHere } from './program.ts'
import type { TestSummary } from './tests/summary-reporter.ts'

const [project = 'unit', ...args] = process.argv.slice(2)

function refuseWithoutServices(): void {
  if (project !== 'services' || process.env.WATCHFLOOR_TEST_DATABASE_URL) return
  console.error(
    'These tests need PostgreSQL: set WATCHFLOOR_TEST_DATABASE_URL (postgres://user@127.0.0.1:5432/database); .ci/run starts one.',
  )
  process.exit(2)
}

async function runVitest(): Promise<{ code: number; summary: TestSummary | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'watchfloor-tests-'))
  const file = join(folder, 'summary.json')
  try {
    const code = await runHere(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project, ...args],
      { env: { WATCHFLOOR_TEST_SUMMARY: file } },
    )
    return { code, summary: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TestSummary) : undefined }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function close(summary: TestSummary): void {
  for (const [reason, count] of Object.entries(summary.reasons)) console.log(`skipped ${count}: ${reason}`)
  const skipped = summary.skipped ? `, ${summary.skipped} skipped` : ''
  console.log(`${summary.passed} passed, ${summary.failed} failed${skipped}`)
}

refuseWithoutServices()
const { code, summary } = await runVitest()
if (summary) close(summary)
else console.log('0 passed, 1 failed: the test runner ended before it could report')
process.exitCode = code || (summary && summary.failed === 0 ? 0 : 1)

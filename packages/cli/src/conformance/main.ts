import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Suite } from './suite.ts'

/** Loaded when asked for: each brings engines and parsers of its own. */
const suites: Readonly<Record<string, () => Promise<{ run: Suite }>>> = {
  mmdb: () => import('./mmdb.ts'),
  'sigma-load': () => import('./sigma-load.ts'),
  'sigma-regression': () => import('./sigma-regression.ts'),
  'stix-patterns': () => import('./stix-patterns.ts'),
  warninglists: () => import('./warninglists.ts'),
  'yara-vectors': () => import('./yara-vectors.ts'),
}

const usage = `usage: conformance SUITE DIR\nsuites: ${Object.keys(suites).join(', ')}`

/**
 * Runs one suite on a folder of cases that others published, prints what failed and why, and ends with a line of counts.
 * @returns the exit code: 0 all passed, 1 some failed, 2 not run
 */
export async function main(argv: readonly string[], print: (line: string) => void = console.log): Promise<number> {
  const [name = '', folder] = argv.filter((word) => word !== '--verbose')
  const load = Object.hasOwn(suites, name) ? suites[name] : undefined
  if (load === undefined || folder === undefined) {
    print(name === '' || load !== undefined ? usage : `there is no suite "${name}"\n${usage}`)
    return 2
  }
  const path = resolve(folder)
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) {
    print(`${path} is not a folder`)
    return 2
  }
  const { run } = await load()
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for await (const { name: one, verdict, reason } of run(path)) {
    if (verdict !== 'note') counts[verdict]++
    if (verdict !== 'passed' || argv.includes('--verbose'))
      print(`${verdict} ${one}${reason === undefined ? '' : `: ${reason}`}`)
  }
  if (counts.passed + counts.failed === 0) print(`no case of ${name} was found in ${path}`)
  print(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`)
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))

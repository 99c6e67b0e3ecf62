// npm run check: everything about the sources that is not a test. Names of checks as arguments run those alone.
import { styleText } from 'node:util'
import { root, runQuietly } from './program.ts'

interface Check {
  readonly name: string
  /** Arguments for Node. */
  readonly run: readonly string[]
}

interface Result extends Check {
  readonly ok: boolean
  readonly seconds: string
  readonly text: string
}

const atOnce = 2
const tsc = 'node_modules/@typescript/native/bin/tsc'
const types = (name: string, project: string): Check => ({ name: `types: ${name}`, run: [tsc, '-p', project] })

const checks: readonly Check[] = [
  types('server', 'packages/server'),
  types('web', 'packages/web'),
  types('engines, pure', 'packages/engines'),
  types('engines, tests', 'packages/engines/tsconfig.test.json'),
  types('contracts', 'packages/contracts'),
  types('client', 'packages/client'),
  types('cli', 'packages/cli'),
  types('tools', 'tsconfig.json'),
  {
    name: 'format and lint',
    run: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=50'],
  },
  { name: 'architecture', run: ['architecture/check.ts'] },
  { name: 'unused code', run: ['node_modules/knip/bin/knip.js', '--no-progress'] },
  { name: 'generated files', run: ['tooling/gen.ts', '--check'] },
  { name: 'documents', run: ['tooling/checks/documents.ts'] },
]

async function runCheck(check: Check): Promise<Result> {
  const startedMs = performance.now()
  const { code, text } = await runQuietly(process.execPath, check.run, { cwd: root })
  const result = { ...check, ok: code === 0, seconds: ((performance.now() - startedMs) / 1000).toFixed(1), text }
  if (!result.ok) console.log(`\n${lineOf(result)}\n${text.trim()}\n`)
  return result
}

function lineOf({ ok, name, seconds }: Result): string {
  const mark = ok ? styleText('green', '✓') : styleText('red', '✗')
  return `${mark} ${name.padEnd(20)} ${seconds.padStart(6)} s`
}

async function runAll(wanted: readonly Check[]): Promise<Result[]> {
  const results: Result[] = []
  const waiting = wanted.values()
  const worker = async () => {
    for (const check of waiting) results.push(await runCheck(check))
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return wanted.flatMap((check) => results.filter((result) => result.name === check.name))
}

const asked = process.argv.slice(2)
const wanted = checks.filter((check) => asked.length === 0 || asked.some((word) => check.name.includes(word)))
if (wanted.length === 0) {
  console.error(
    `no check is named like "${asked.join(' ')}"; there are: ${checks.map((check) => check.name).join(', ')}`,
  )
  process.exit(2)
}
const results = await runAll(wanted)
for (const result of results) console.log(lineOf(result))
const failed = results.filter((result) => !result.ok).length
console.log(`${results.length - failed} checks passed, ${failed} failed`)
process.exitCode = failed ? 1 : 0

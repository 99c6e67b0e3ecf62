/**
 * Our Sigma engine against others on the same events and rules, one after the other on the same machine, several rounds. Prints one
 * JSON document. `node bench/rivals/race.ts [seconds] [rounds]`; rivals that are not there are left out with the reason:
 *   rsigma   CARGO_TARGET_DIR=DIR cargo build --release, in bench/rivals/rsigma; the binary is named by RSIGMA_RACE
 *   pySigma  pip install pysigma pysigma-backend-sqlite; the interpreter is named by PYSIGMA_PYTHON
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { raceEvents } from './race-events.ts'

const seconds = process.argv[2] ?? '3'
const rounds = Number(process.argv[3] ?? 2)
const EVENTS_PER_LANE = 20_000
const rules = resolve(
  process.env.WATCHFLOOR_TEST_DATA ?? join(import.meta.dirname, '../../../shared/data'),
  'sigma-rules',
)

interface Outcome {
  readonly matches: number
  readonly byTitle: Record<string, number>
}

const rivals = {
  ours: { command: process.execPath, args: [join(import.meta.dirname, 'ours.ts')] },
  rsigma: { command: process.env.RSIGMA_RACE ?? '', args: [] },
  pySigmaSqlite: { command: process.env.PYSIGMA_PYTHON ?? '', args: [join(import.meta.dirname, 'pysigma_sqlite.py')] },
} as const

function run(name: keyof typeof rivals, events: string): Outcome | { leftOut: string } {
  const { command, args } = rivals[name]
  if (command === '' || !existsSync(command)) return { leftOut: 'not installed (see the head of race.ts)' }
  console.error(`race: ${name}`)
  try {
    const text = execFileSync(command, [...args, rules, events, seconds], {
      encoding: 'utf8',
      timeout: 900_000,
      maxBuffer: 64 << 20,
    })
    return JSON.parse(text)
  } catch (error) {
    return { leftOut: error instanceof Error ? error.message.slice(0, 400) : String(error) }
  }
}

/** Rules that two engines do not hit equally often, most different first. */
function differences(a: Outcome, b: Outcome) {
  const titles = new Set([...Object.keys(a.byTitle), ...Object.keys(b.byTitle)])
  return [...titles]
    .map((title) => ({ title, ours: a.byTitle[title] ?? 0, theirs: b.byTitle[title] ?? 0 }))
    .filter(({ ours, theirs }) => ours !== theirs)
    .sort((x, y) => Math.abs(y.ours - y.theirs) - Math.abs(x.ours - x.theirs))
}

const shown = (outcome: object): object =>
  Object.fromEntries(Object.entries(outcome).filter(([name]) => name !== 'byTitle'))

if (!existsSync(rules)) {
  console.log(JSON.stringify({ skipped: `no public rules in ${rules} (WATCHFLOOR_TEST_DATA)` }))
  process.exit()
}
const folder = await mkdtemp(join(tmpdir(), 'sigma-race-'))
try {
  const lanes: Record<string, unknown> = {}
  for (const { name, lines } of raceEvents(EVENTS_PER_LANE)) {
    const events = join(folder, `${name}.jsonl`)
    await writeFile(events, `${lines.join('\n')}\n`)
    const results: object[] = []
    for (let round = 0; round < rounds; round++) {
      const outcomes = {
        ours: run('ours', events),
        rsigma: run('rsigma', events),
        ...(round === 0 ? { pySigmaSqlite: run('pySigmaSqlite', events) } : {}),
      }
      const { ours, rsigma } = outcomes
      results.push({
        ...Object.fromEntries(Object.entries(outcomes).map(([who, outcome]) => [who, shown(outcome)])),
        ...(round === 0 && 'matches' in ours && 'matches' in rsigma
          ? { hitDifferently: differences(ours, rsigma).slice(0, 20) }
          : {}),
      })
    }
    lanes[name] = {
      events: lines.length,
      bytesAnEvent: Math.round(lines.reduce((sum, line) => sum + line.length, 0) / lines.length),
      rounds: results,
    }
  }
  console.log(JSON.stringify(lanes, null, 2))
} finally {
  await rm(folder, { recursive: true, force: true })
}

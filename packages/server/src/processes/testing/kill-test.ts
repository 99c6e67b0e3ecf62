import { parseArgs } from 'node:util'
import { type KillRunResult, killRun, logLosesItsEnd, powerCut } from './kill-run.ts'

/**
 * `npm run test:kill -- --kills 50 --seed 7`: kills the real server again and again while events come in, cuts off the last
 * seconds of each store, and holds what is left against what was acknowledged. Prints one JSON object; ends with 1 when
 * anything is wrong.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '50' }, seed: { type: 'string' }, only: { type: 'string' } },
  })
  const kills = Number(values.kills)
  const seed = Number(values.seed ?? process.pid)
  if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed))
    throw new Error('usage: npm run test:kill -- [--kills N] [--seed N] [--only kills|events|sql|log]')
  const startedMs = performance.now()
  const seconds = () => Math.round((performance.now() - startedMs) / 1000)
  const options = { seed, progress: (text: string) => process.stderr.write(`${seconds()} s  ${text}\n`) }
  process.stderr.write(`seed ${seed}\n`)
  const parts: Record<string, () => Promise<KillRunResult>> = {
    kills: () => killRun(kills, options),
    events: () => powerCut('events', options),
    sql: () => powerCut('sql', options),
    log: () => logLosesItsEnd(options),
  }
  const results: Record<string, KillRunResult> = {}
  for (const [name, run] of Object.entries(parts)) {
    if (values.only !== undefined && values.only !== name) continue
    const result = await run()
    results[name] = result
    for (const fault of result.faults) process.stderr.write(`WRONG  ${name}: ${fault}\n`)
  }
  const isWrong = Object.values(results).some(({ faults }) => faults.length > 0)
  process.stdout.write(`${JSON.stringify({ seed, kills, seconds: seconds(), ok: !isWrong, results })}\n`)
  if (isWrong) process.exitCode = 1
}

await main()

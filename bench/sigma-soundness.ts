/**
 * Whether the fast ways to an answer are right: plan, interpreted plan, rules one by one, and the oracle, which does nothing clever,
 * asked about millions of pairs of a rule and an event: generated rules and events, and the public rules on recorded events, routed by
 * log source and not. Ends at the first difference. Prints one JSON document.
 * Run: node bench/sigma-soundness.ts [generated pairs, default 200,000] [recorded events, default 50]
 */

import { normalise } from '../packages/engines/src/logs/index.ts'
import { compileRules, parseRules } from '../packages/engines/src/sigma/index.ts'
import { Answers, askGenerated, type Counts } from '../packages/engines/src/sigma/plan/testing.ts'
import { benchRules, recordedLines } from './load/public-data.ts'

const generatedPairs = Number(process.argv[2] ?? 200_000)
const recordedEvents = Number(process.argv[3] ?? 50)

function timed<T extends object>(work: () => T): T & { seconds: number } {
  const began = performance.now()
  const result = work()
  return { ...result, seconds: Math.round((performance.now() - began) / 1_000) }
}

const { files } = await benchRules()
const { compiled } = compileRules(files.flatMap(({ path, text }) => parseRules(text, path).rules))
const lines = (recordedLines() ?? []).filter((line) => line.startsWith('{'))
const step = Math.max(1, Math.floor(lines.length / recordedEvents))
const events = lines
  .filter((_, i) => i % step === 0)
  .slice(0, recordedEvents)
  .map((line) => normalise(line, { receivedMs: Date.UTC(2026, 0, 2) }))
const anywhere = compiled.map((one) => ({ ...one, rule: { ...one.rule, logSource: { custom: {} } } }))

function askRecorded(answers: Answers, sources: 'own' | 'any'): { events: number; pairs: number; hits: number } {
  const counts: Counts = { pairs: 0, hits: 0, generated: 0, read: 0, narrowed: 0 }
  for (const [i, event] of events.entries()) {
    if (i % 100 === 0) console.error(`sigma-soundness: recorded event ${i} of ${events.length}, log source: ${sources}`)
    answers.ask(sources === 'own' ? event : { ...event, logSources: [{}] }, counts, `recorded event ${i}`)
  }
  return { events: events.length, pairs: counts.pairs, hits: counts.hits }
}

console.error('sigma-soundness: generated')
const generated = timed(() => askGenerated(generatedPairs, 1_000_000))
const routed = timed(() => askRecorded(new Answers(compiled, []), 'own'))
const unrouted = timed(() => askRecorded(new Answers(anywhere, []), 'any'))
const pairs = generated.pairs + routed.pairs + unrouted.pairs
console.log(JSON.stringify({ differences: 0, pairs, generated, publicRules: { routed, unrouted } }, null, 2))

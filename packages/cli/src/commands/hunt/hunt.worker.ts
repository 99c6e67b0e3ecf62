import { parentPort, workerData } from 'node:worker_threads'
import { buildPlan, compileRules } from '@watchfloor/engines/sigma'
import type { Hit, Match } from './hit.ts'
import { matchFile } from './match-file.ts'
import type { Found, HuntAnswer, HuntRequest, HuntSetup } from './messages.ts'

/** Hits sent at once, and characters of their records. */
const maxBatchHits = 500
const maxBatchChars = 2_000_000
const maxBatchMatches = 5_000
const progressEveryMs = 100

const port = parentPort
if (!port) throw new Error('this file runs in a worker thread')
const { rules, filters, ...options } = workerData as HuntSetup
const { compiled } = compileRules(
  rules.map(({ rule }) => rule),
  { filters },
)
const roleOf = new Map(rules.map((role) => [role.rule, role]))
const roles = compiled.map(({ rule }) => roleOf.get(rule)!)
const plan = buildPlan(compiled)

const say = (answer: HuntAnswer): void => port.postMessage(answer)
let goOn: () => void = () => {}

/** Waits until somebody has taken the batch. */
const handOver = (found: Found): Promise<void> =>
  new Promise((resolve) => {
    goOn = resolve
    say({ kind: 'hits', ...found })
  })

async function hunt({ file, shownPath }: Extract<HuntRequest, { kind: 'file' }>): Promise<void> {
  let hits: Hit[] = []
  let matches: Match[] = []
  let chars = 0
  const unsaid = { bytes: 0, events: 0 }
  let saidMs = performance.now()
  const sayProgress = (): void => {
    say({ kind: 'progress', ...unsaid })
    unsaid.bytes = 0
    unsaid.events = 0
    saidMs = performance.now()
  }
  const onBytes = (bytes: number): void => {
    unsaid.bytes += bytes
  }
  const pieces = matchFile(file, shownPath, { ...options, plan, roles, onBytes })
  for (;;) {
    const next = await pieces.next()
    if (next.done) {
      if (hits.length + matches.length > 0) await handOver({ hits, matches })
      sayProgress()
      say({ kind: 'end', tally: next.value })
      return
    }
    unsaid.events += next.value.events
    if (performance.now() - saidMs > progressEveryMs) sayProgress()
    for (const match of next.value.matches) matches.push(match)
    for (const hit of next.value.hits) {
      hits.push(hit)
      chars += hit.eventJson.length
      if (hits.length < maxBatchHits && chars < maxBatchChars) continue
      await handOver({ hits, matches })
      hits = []
      matches = []
      chars = 0
    }
    if (matches.length >= maxBatchMatches) {
      await handOver({ hits, matches })
      hits = []
      matches = []
      chars = 0
    }
  }
}

port.on('message', (request: HuntRequest) => {
  if (request.kind === 'go on') goOn()
  // A fault of ours ends the thread; whoever waits for the file is told by its end.
  else void hunt(request)
})
say({ kind: 'ready' })

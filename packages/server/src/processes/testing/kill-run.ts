import { cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { openLmdbBus } from '../../adapters/embedded/bus/lmdb-bus.ts'
import { systemClock } from '../../platform/clock/clock.ts'
import { memoryLog } from '../../platform/log/memory-log.ts'
import { type Address, type ChildServer, call, startChild } from './child-server.ts'
import { faultsOf, gather, settled } from './evidence.ts'
import { numberedRules } from './numbered-events.ts'
import { seededRandom } from './random.ts'
import { Senders } from './senders.ts'

/** The stores by their folder in the data directory. */
export const stores = ['events', 'sql', 'log'] as const
export type Store = (typeof stores)[number]

export interface KillRunOptions {
  readonly seed: number
  /** One line for whoever watches. */
  progress(text: string): void
}

/** What a run came to; nothing is wrong when there are no faults. */
export interface KillRunResult {
  readonly faults: readonly string[]
  readonly events: number
  readonly detections: number
  readonly alerts: number
  readonly answers: Readonly<Record<string, number>>
}

const importResult = z.object({ added: z.number(), enabled: z.number() })
const longestLifeMs = 1600
const shareKilledWhileStarting = 0.15
const longestStartMs = 2500
const sendersAtOnce = 4
/** Of the server's log, when something is wrong. */
const complaintLines = 30

/** A data directory, whatever server runs on it now, and those who send to it. */
class Floor {
  readonly dataDir: string
  readonly senders: Senders
  readonly random: () => number
  readonly #env: Readonly<Record<string, string>>
  readonly #options: KillRunOptions
  child: ChildServer | undefined
  address: Address | undefined

  constructor(dataDir: string, options: KillRunOptions, env: Readonly<Record<string, string>>) {
    this.dataDir = dataDir
    this.#options = options
    this.#env = env
    this.random = seededRandom(options.seed)
    this.senders = new Senders({
      senders: sendersAtOnce,
      random: this.random,
      where: () => this.address,
      abandonShare: 0.05,
    })
  }

  progress(text: string): void {
    this.#options.progress(text)
  }

  spawn(): ChildServer {
    this.child = startChild(this.dataDir, this.#env)
    return this.child
  }

  async start(): Promise<ChildServer> {
    const child = this.spawn()
    this.address = await child.address
    return child
  }

  async kill(): Promise<void> {
    await this.child?.kill()
    this.address = undefined
    this.child = undefined
  }

  reach(): Address {
    if (!this.address) throw new Error('no server runs')
    return this.address
  }

  /** Puts the rules in and waits until the threads have them: what comes earlier is not matched. */
  async importRules(): Promise<void> {
    const body = { pack: 'numbered', files: numberedRules.map(({ id, yaml }) => ({ path: `${id}.yml`, text: yaml })) }
    const answer = await call(this.reach(), '/api/v1/rules/import', { method: 'POST', body: JSON.stringify(body) })
    const { enabled } = importResult.parse(answer)
    if (enabled !== numberedRules.length) throw new Error(`only ${enabled} of ${numberedRules.length} rules run`)
    const running = `"rules":${numberedRules.length},`
    for (let waits = 0; !this.child?.lines.some((line) => line.includes(running)); waits++) {
      if (waits > 600) throw new Error('the rules were not loaded')
      await sleep(50)
    }
  }

  /** Lets everything come in, and says what is wrong. */
  async judge(): Promise<KillRunResult> {
    await this.senders.stop()
    const { ledger } = this.senders
    await settled(this.reach(), ledger)
    const evidence = await gather(this.reach())
    const faults = faultsOf(evidence, ledger)
    if (faults.length > 0) for (const line of this.child?.lines.slice(-complaintLines) ?? []) this.progress(line)
    return {
      faults,
      events: evidence.eventIds,
      detections: evidence.detections,
      alerts: evidence.alerts,
      answers: Object.fromEntries(ledger.answers),
    }
  }
}

async function onFloor<T>(
  options: KillRunOptions,
  env: Readonly<Record<string, string>>,
  work: (floor: Floor) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-kill-'))
  const floor = new Floor(dataDir, options, env)
  try {
    return await work(floor)
  } finally {
    await floor.kill()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** `kill -9` so many times in a row while events come in; in the end everything acknowledged is there exactly once. */
export function killRun(kills: number, options: KillRunOptions): Promise<KillRunResult> {
  // The log is trimmed often, so that trimming and dying meet.
  const env = { WATCHFLOOR_DETECTIONS_CHECKPOINT_SECONDS: '0.3' }
  return onFloor(options, env, async (floor) => {
    await floor.start()
    await floor.importRules()
    floor.senders.start()
    for (let done = 0; done < kills; done++) {
      await sleep(floor.random() * longestLifeMs)
      await floor.kill()
      while (floor.random() < shareKilledWhileStarting) {
        floor.spawn()
        await sleep(floor.random() * longestStartMs)
        await floor.kill()
      }
      await floor.start()
      const sent = floor.senders.ledger.acknowledged.reduce((sum, batch) => sum + batch.count, 0)
      floor.progress(`killed ${done + 1} of ${kills}, ${sent} events acknowledged`)
    }
    const result = await floor.judge()
    await floor.kill()
    return { ...result, faults: [...result.faults, ...(await trimFaults(floor.dataDir))] }
  })
}

/**
 * One store loses its last seconds: everything runs on, dies, and starts again with an older copy of that store's folder. The log
 * still has what the copy lacks, because no checkpoint came between.
 */
export function powerCut(store: Exclude<Store, 'log'>, options: KillRunOptions): Promise<KillRunResult> {
  const env = { WATCHFLOOR_DETECTIONS_CHECKPOINT_SECONDS: '600' }
  return onFloor(options, env, async (floor) => {
    const child = await floor.start()
    await floor.importRules()
    floor.senders.start()
    await sleep(1000 + floor.random() * 1000)
    const older = await copyAside(floor, child, store)
    await sleep(1000 + floor.random() * 1500)
    await floor.kill()
    await putBack(floor, store, older)
    floor.progress(`${store}: lost its last seconds`)
    const next = await floor.start()
    const result = await floor.judge()
    const isReadAgain = next.lines.some((line) => line.includes('the log is read again from the earlier one'))
    return isReadAgain ? result : { ...result, faults: [...result.faults, 'the log was not read again'] }
  })
}

/** The log itself loses its end after everything in it was processed: nothing is missing, and no event id is given out twice. */
export function logLosesItsEnd(options: KillRunOptions): Promise<KillRunResult> {
  const env = { WATCHFLOOR_DETECTIONS_CHECKPOINT_SECONDS: '600' }
  return onFloor(options, env, async (floor) => {
    const child = await floor.start()
    await floor.importRules()
    floor.senders.start()
    await sleep(1000)
    const older = await copyAside(floor, child, 'log')
    await sleep(1500)
    await floor.senders.stop()
    await settled(floor.reach(), floor.senders.ledger)
    await floor.kill()
    await putBack(floor, 'log', older)
    floor.progress('log: lost its last records')
    const next = await floor.start()
    floor.senders.start()
    await sleep(1500)
    const result = await floor.judge()
    const isReported = next.lines.some((line) => line.includes('the log lost records'))
    return isReported ? result : { ...result, faults: [...result.faults, 'the loss was not reported'] }
  })
}

const asideOf = (floor: Floor, store: Store): string => `${join(floor.dataDir, store)}.older`

async function copyAside(floor: Floor, child: ChildServer, store: Store): Promise<string> {
  const aside = asideOf(floor, store)
  await child.frozen(() => cp(join(floor.dataDir, store), aside, { recursive: true }))
  return aside
}

async function putBack(floor: Floor, store: Store, older: string): Promise<void> {
  const folder = join(floor.dataDir, store)
  await rm(folder, { recursive: true })
  await rename(older, folder)
}

/** The log must have been trimmed, and never beyond what a reader has made durable. */
async function trimFaults(dataDir: string): Promise<string[]> {
  const bus = await openLmdbBus({ folder: join(dataDir, 'log'), clock: systemClock, log: memoryLog() })
  try {
    const faults: string[] = []
    for (const { first, committed } of await bus.stats('events.raw')) {
      if (first === 0) faults.push('the log was never trimmed')
      const durable = committed.ingest ?? 0
      if (durable < first) faults.push(`the log begins at ${first}, though only what is before ${durable} was durable`)
    }
    return faults
  } finally {
    await bus.close()
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Alert } from '@watchfloor/contracts/alerts'
import { type Severity, severities, systemActor } from '@watchfloor/contracts/kernel'
import { readRuleFiles, rulePack } from '../../demo/rule-files.ts'
import { alertsModule } from '../../modules/alerts/index.ts'
import { detectionsModule } from '../../modules/detections/index.ts'
import { eventsModule } from '../../modules/events/index.ts'
import { rulesModule } from '../../modules/rules/index.ts'
import type { RunningServer } from '../serve.ts'
import { Feed } from './feed.ts'

const actor = systemActor('demo')
const pollMs = 20
const longestWaitMs = 120_000

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const endMs = performance.now() + longestWaitMs
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${longestWaitMs / 1000} s`)
    await sleep(pollMs)
  }
}

/** What the demo does with a running server, through the doors of its modules. */
export class DemoFloor {
  readonly #server: RunningServer
  readonly feed: Feed

  constructor(server: RunningServer) {
    this.#server = server
    this.feed = new Feed(server.program.use(eventsModule))
  }

  /** Imports the rules, switches all of them on, and waits until they run. @returns how many */
  async loadRules(): Promise<number> {
    const rules = this.#server.program.use(rulesModule)
    const detections = this.#server.program.use(detectionsModule)
    const files = await readRuleFiles()
    const result = await rules.importFiles(actor, rulePack, files)
    if (result.added !== files.length)
      throw new Error(`${result.added} of ${files.length} rules were added: ${JSON.stringify(result.diagnostics)}`)
    // The policy leaves out low levels, which would flood a floor with thousands of rules; here there are some dozens.
    await rules.bulk(actor, { enabled: false }, 'on')
    await until('rules run', () => detections.rulesRunning() === files.length)
    return files.length
  }

  /** Resolves when everything sent is stored and matched, and every detection is in an alert. */
  async settled(): Promise<{ detections: number; alerts: readonly Alert[] }> {
    const detections = this.#server.program.use(detectionsModule)
    await detections.settled()
    const wanted = await detections.count()
    let alerts: readonly Alert[] = []
    await until('every detection is in an alert', async () => {
      alerts = await this.alerts()
      return alerts.reduce((sum, alert) => sum + alert.count, 0) >= wanted
    })
    return { detections: wanted, alerts }
  }

  async alerts(): Promise<readonly Alert[]> {
    const service = this.#server.program.use(alertsModule)
    const all: Alert[] = []
    let cursor: string | undefined
    do {
      const page = await service.list(actor, {}, { sort: 'newest', limit: 200, ...(cursor ? { cursor } : {}) })
      all.push(...page.items)
      cursor = page.next
    } while (cursor)
    return all
  }

  async eventsStored(): Promise<number> {
    const usage = await this.#server.open.platform.events.usage()
    return usage.reduce((sum, one) => sum + one.events, 0)
  }
}

/** How many alerts of each severity, the worst first. */
export const countBySeverity = (alerts: readonly Alert[]): Record<Severity, number> =>
  Object.fromEntries(
    severities.toReversed().map((severity) => [severity, alerts.filter((one) => one.severity === severity).length]),
  ) as Record<Severity, number>

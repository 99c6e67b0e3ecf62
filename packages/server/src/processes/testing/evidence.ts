import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type Address, call } from './child-server.ts'
import { numberedRules, numberOf } from './numbered-events.ts'
import type { Ledger } from './senders.ts'

/** Everything that a server holds, counted. */
export interface Evidence {
  /** How often each number is stored. */
  readonly stored: ReadonlyMap<number, number>
  readonly eventIds: number
  readonly distinctEventIds: number
  /** Numbers detected, by rule; a number twice when it was detected twice. */
  readonly detected: ReadonlyMap<string, readonly number[]>
  readonly detections: number
  readonly alerts: number
  /** Sum of the counts of all alerts. */
  readonly inAlerts: number
}

const eventLineShape = z.object({ id: z.string(), raw: z.string() })
const detectionPage = z.object({
  items: z.array(z.object({ id: z.string(), ruleId: z.string(), eventId: z.string() })),
  next: z.string().optional(),
})
const alertPage = z.object({
  items: z.array(z.object({ id: z.string(), count: z.number() })),
  next: z.string().optional(),
})

const everything = 'from=1990-01-01T00:00:00.000Z&to=2100-01-01T00:00:00.000Z'
const pageSize = 200
const giveUpAfterMs = 120_000
const calmMs = 6000

/** Reads everything through the API. */
export async function gather(address: Address): Promise<Evidence> {
  const numberById = new Map<string, number>()
  const stored = new Map<number, number>()
  let eventIds = 0
  for await (const line of exported(address)) {
    const { id, raw } = eventLineShape.parse(JSON.parse(line))
    const number = numberOf(raw)
    eventIds++
    numberById.set(id, number)
    stored.set(number, (stored.get(number) ?? 0) + 1)
  }
  const detected = new Map<string, number[]>()
  let detections = 0
  for await (const { ruleId, eventId } of pages(address, '/api/v1/detections', detectionPage)) {
    detections++
    const numbers = detected.get(ruleId) ?? []
    numbers.push(numberById.get(eventId) ?? Number.NaN)
    detected.set(ruleId, numbers)
  }
  let alerts = 0
  let inAlerts = 0
  for await (const { count } of pages(address, '/api/v1/alerts', alertPage)) {
    alerts++
    inAlerts += count
  }
  return { stored, eventIds, distinctEventIds: numberById.size, detected, detections, alerts, inAlerts }
}

async function* exported(address: Address): AsyncIterable<string> {
  const response = await fetch(`${address.url}/api/v1/events/export?${everything}`, {
    headers: { 'x-api-key': address.apiKey },
  })
  if (!response.ok || !response.body) throw new Error(`the export was answered with ${response.status}`)
  let rest = ''
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') throw new Error('the export was cut off')
}

async function* pages<Item>(
  address: Address,
  path: string,
  shape: z.ZodType<{ items: Item[]; next?: string | undefined }>,
): AsyncIterable<Item> {
  let cursor: string | undefined
  do {
    const page = shape.parse(
      await call(address, `${path}?limit=${pageSize}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`),
    )
    yield* page.items
    cursor = page.next
  } while (cursor)
}

const histogramTotal = z.object({ total: z.number() })

/** Waits until nothing more is added: the log is read and alerts are made. */
export async function settled(address: Address, ledger: Ledger): Promise<void> {
  const wanted = ledger.acknowledged.reduce((sum, batch) => sum + batch.count, 0)
  const startedMs = performance.now()
  let last = ''
  let lastChangeMs = performance.now()
  while (performance.now() - startedMs < giveUpAfterMs) {
    const { total } = histogramTotal.parse(await call(address, `/api/v1/events/histogram?buckets=1&${everything}`))
    const alerts = alertPage.parse(await call(address, `/api/v1/alerts?limit=${pageSize}`))
    const state = `${total} ${alerts.items.map((one) => `${one.id}=${one.count}`).join(' ')}`
    if (state !== last) lastChangeMs = performance.now()
    last = state
    const calmForMs = performance.now() - lastChangeMs
    if (calmForMs > calmMs || (total >= wanted && calmForMs > 1500)) return
    await sleep(150)
  }
}

const most = 5
const some = (numbers: readonly number[]): string =>
  `${numbers.length} (${numbers.slice(0, most).join(', ')}${numbers.length > most ? ', …' : ''})`

/** What is wrong with what a server holds, in words; empty when all is as it must be. */
export function faultsOf(evidence: Evidence, ledger: Ledger): string[] {
  const faults: string[] = []
  const complain = (what: string, numbers: readonly number[]) => {
    if (numbers.length > 0) faults.push(`${what}: ${some(numbers)}`)
  }
  const known = new Set<number>()
  const missing: number[] = []
  const half: number[] = []
  for (const batch of ledger.acknowledged)
    for (const number of numbersOf(batch)) {
      known.add(number)
      if (!evidence.stored.has(number)) missing.push(number)
    }
  for (const batch of ledger.abandoned) {
    const numbers = numbersOf(batch)
    for (const number of numbers) known.add(number)
    const kept = numbers.filter((number) => evidence.stored.has(number)).length
    if (kept !== 0 && kept !== numbers.length) half.push(batch.first)
  }
  complain('acknowledged events are missing', missing)
  complain('batches that nobody acknowledged were kept in part, first numbers', half)
  complain(
    'events are stored more than once',
    [...evidence.stored].flatMap(([number, times]) => (times > 1 ? [number] : [])),
  )
  complain(
    'events nobody sent are stored',
    [...evidence.stored.keys()].filter((number) => !known.has(number)),
  )
  if (evidence.distinctEventIds !== evidence.eventIds)
    faults.push(`${evidence.eventIds - evidence.distinctEventIds} event ids are used twice`)
  for (const { id, matches } of numberedRules) {
    const detected = evidence.detected.get(id) ?? []
    const distinct = new Set(detected)
    complain(
      `rule ${id} did not detect`,
      [...evidence.stored.keys()].filter((number) => matches(number) && !distinct.has(number)),
    )
    complain(
      `rule ${id} detected what it should not`,
      detected.filter((number) => !matches(number)),
    )
    if (distinct.size !== detected.length)
      faults.push(`rule ${id} detected ${detected.length - distinct.size} events twice`)
  }
  if (evidence.inAlerts !== evidence.detections)
    faults.push(`the alerts count ${evidence.inAlerts} detections, and there are ${evidence.detections}`)
  return faults
}

const numbersOf = ({ first, count }: { first: number; count: number }): number[] =>
  Array.from({ length: count }, (_, index) => first + index)

import { type ErrorCode, Refusal } from '@watchfloor/contracts/kernel'
import type {
  AccessScope,
  ConsumedOffset,
  EventColumns,
  EventQuery,
  EventStore,
  StoredEvent,
} from '../../../platform/events/event-store.ts'
import type { Position } from './cursor.ts'

/** What the event store's thread can be asked; arguments and answers cross as structured clones. */
export interface EventStoreCalls {
  append(
    batch: EventColumns,
    consumed: ConsumedOffset & { first: number },
  ): Promise<{ appended: number; skipped: boolean }>
  consumed(topic: string, partition: number): Promise<number | undefined>
  checkpoint(): Promise<ConsumedOffset[]>
  search: EventStore['search']
  positions(query: EventQuery, after: Position | undefined, limit: number): Promise<Position[]>
  eventsAt(query: EventQuery, page: readonly Position[]): Promise<StoredEvent[]>
  get(id: string, scope: AccessScope): Promise<StoredEvent | undefined>
  count: EventStore['count']
  histogram: EventStore['histogram']
  topValues: EventStore['topValues']
  fields: EventStore['fields']
  usage: EventStore['usage']
  retain: EventStore['retain']
  seal: EventStore['seal']
  snapshot: EventStore['snapshot']
  ping: EventStore['ping']
  close(): Promise<void>
}

export type CallName = keyof EventStoreCalls

export interface Call {
  readonly id: number
  readonly name: CallName
  readonly args: readonly unknown[]
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: CarriedError }

/** An error as it crosses threads: a clone would lose what makes a refusal one. */
export interface CarriedError {
  readonly message: string
  readonly stack: string | undefined
  readonly refusal: { readonly code: ErrorCode; readonly remedy: string | undefined } | undefined
}

export function carry(error: unknown): CarriedError {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined, refusal: undefined }
  const refusal = error instanceof Refusal ? { code: error.code, remedy: error.remedy } : undefined
  return { message: error.message, stack: error.stack, refusal }
}

export function uncarry({ message, stack, refusal }: CarriedError): Error {
  if (refusal) return new Refusal(refusal.code, message, refusal.remedy === undefined ? {} : { remedy: refusal.remedy })
  const error = new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}

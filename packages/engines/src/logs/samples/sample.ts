import type { FieldValue, JsonObject, LogSource } from '../../event/index.ts'
import type { NormaliseHint } from '../normalise.ts'

/** A record of our own making, and what must come out of it. */
export interface Sample {
  readonly name: string
  readonly raw: string | JsonObject
  readonly hint?: Partial<NormaliseHint>
  readonly parser: string
  readonly time?: string
  readonly taxonomy?: Readonly<Record<string, FieldValue>>
  readonly ecs?: Readonly<Record<string, FieldValue>>
  readonly sources?: readonly LogSource[]
}

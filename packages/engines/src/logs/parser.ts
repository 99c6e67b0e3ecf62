import type { JsonObject } from '../event/index.ts'
import type { EventBuilder } from './builder.ts'
import type { Mapping } from './mapping.ts'

interface ParserBase {
  /** Stable name, kept with every event, e.g. `windows-evtx-json`. */
  readonly id: string
  readonly mapping: Mapping
  /** Further mappings of the same parser (Windows has one per kind of event), for provenance. */
  readonly mappings?: () => Iterable<Mapping>
}

/** Reads records that are JSON objects (or were parsed into one: CSV rows, Zeek TSV, EVTX). */
export interface ObjectParser extends ParserBase {
  readonly kind: 'object'
  /** By shape alone, and cheap: it is asked for every record. */
  readonly accepts: (record: JsonObject) => boolean
  readonly read: (record: JsonObject, event: EventBuilder) => void
}

/** Reads lines of text. */
export interface TextParser extends ParserBase {
  readonly kind: 'text'
  readonly accepts: (text: string) => boolean
  /** False: it was not mine after all; nothing may have been put then. */
  readonly read: (text: string, event: EventBuilder) => boolean
}

export type LogParser = ObjectParser | TextParser

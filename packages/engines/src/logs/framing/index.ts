import { CsvFramer } from './csv.ts'
import { EncodingStage } from './encoding.ts'
import { DEFAULT_MAX_RECORD_BYTES, type FrameBatch, type Framer, type FramingOptions } from './frame.ts'
import { headedRowsFramer } from './headed-rows.ts'
import { JsonFramer } from './json-stream.ts'
import { LineFramer } from './lines.ts'
import type { Framing } from './sniff.ts'
import { SyslogFramer } from './syslog-stream.ts'

export type { FrameBatch, FramedRecord, Framer, FramingCode, FramingOptions, FramingProblem } from './frame.ts'
export { DEFAULT_MAX_RECORD_BYTES } from './frame.ts'
export { type Framing, sniff } from './sniff.ts'

/** Framings that are cut here; the others are containers (`gzip`, `zip`, `evtx`) that someone has to open first, or no text. */
export type TextFraming = Exclude<Framing, 'evtx' | 'gzip' | 'zip' | 'binary'>

function framerOf(framing: TextFraming, maxBytes: number): Framer {
  switch (framing) {
    case 'ndjson':
    case 'text':
      return new LineFramer(maxBytes)
    case 'json':
      return new JsonFramer(maxBytes)
    case 'csv':
      return new CsvFramer(maxBytes)
    case 'zeek-tsv':
    case 'w3c':
      return headedRowsFramer(maxBytes)
    case 'syslog':
      return new SyslogFramer(maxBytes)
  }
}

/** Cuts a stream into records; takes a byte order mark off and turns UTF-16 into UTF-8 first. */
export function createFramer(framing: TextFraming, options: FramingOptions = {}): Framer {
  const encoding = new EncodingStage()
  const framer = framerOf(framing, options.maxRecordBytes ?? DEFAULT_MAX_RECORD_BYTES)
  return {
    push: (chunk) => framer.push(encoding.push(chunk)),
    end: () => joined(framer.push(encoding.end()), framer.end()),
  }
}

const joined = (a: FrameBatch, b: FrameBatch): FrameBatch => ({
  records: [...a.records, ...b.records],
  problems: [...a.problems, ...b.problems],
})

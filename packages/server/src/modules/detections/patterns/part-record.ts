import type { PatternPart } from './messages.ts'

/** Parts in one record of the log. */
const partsPerRecord = 200

/** Parts as they stand in the log, two hundred to a record. */
export function* encodeParts(parts: readonly PatternPart[]): Iterable<Uint8Array> {
  for (let start = 0; start < parts.length; start += partsPerRecord)
    yield new TextEncoder().encode(JSON.stringify(parts.slice(start, start + partsPerRecord)))
}

/** @throws when the bytes are no parts: the log is ours alone, so they always are */
export const decodeParts = (bytes: Uint8Array): PatternPart[] =>
  JSON.parse(new TextDecoder().decode(bytes)) as PatternPart[]

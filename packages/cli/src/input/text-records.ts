import { createFramer, type FrameBatch, type FramedRecord, type TextFraming } from '@watchfloor/engines/logs'
import type { LostRecord, Media, Piece, ReadOptions } from './piece.ts'

/**
 * Cuts a stream of text into records. A fault of the stream comes after all records before it.
 * @param firstLine number of the line that the stream begins with, from 1
 */
export async function* textRecords(
  name: string,
  framing: TextFraming,
  stream: AsyncIterable<Uint8Array>,
  options: ReadOptions,
  firstLine = 1,
): AsyncGenerator<Piece> {
  const framer = createFramer(framing, { maxRecordBytes: options.maxRecordBytes })
  const media: Media = framing === 'text' || framing === 'syslog' ? 'text' : 'json'
  const lineOf = lineMaker(framing)
  const piece = (batch: FrameBatch): Piece => ({
    kind: 'records',
    name,
    media,
    lines: batch.records.map(lineOf),
    numbers: batch.records.map(({ line }) => line + firstLine - 1),
    lost: batch.problems.map((problem): LostRecord => {
      const { line, code, message } = problem
      return { name, line: line + firstLine - 1, code, message }
    }),
  })
  for await (const chunk of stream) {
    const batch = framer.push(chunk)
    if (batch.records.length > 0 || batch.problems.length > 0) yield piece(batch)
  }
  yield piece(framer.end())
}

function lineMaker(framing: TextFraming): (record: FramedRecord) => string {
  switch (framing) {
    case 'ndjson':
      return (record) => record.raw
    case 'json':
      return (record) => inOneLine(record.raw)
    case 'csv':
    case 'zeek-tsv':
    case 'w3c':
      return (record) => JSON.stringify(record.fields ?? {})
    case 'text':
    case 'syslog':
      return (record) => escapeLineEnds(record.raw)
  }
}

/** JSON over several lines in one. A line end never stands inside a string of JSON, so every token stays as it was written. */
export const inOneLine = (json: string): string =>
  /[\r\n]/.test(json)
    ? json
        .split(/[\r\n]+/)
        .map((line) => line.trim())
        .join('')
    : json

/** A message over several lines in one, as syslog daemons write it. @source rsyslog, escapeControlCharactersOnReceive */
const escapeLineEnds = (text: string): string =>
  /[\r\n]/.test(text) ? text.replaceAll('\r', '#015').replaceAll('\n', '#012') : text

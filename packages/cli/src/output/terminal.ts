import type { Environment } from '../config/environment.ts'
import { type Paint, paintFor } from './colour.ts'

/** Where a command writes: results for machines and pipes to `out`, words for people to `err`. */
export interface Terminal {
  readonly out: Writer
  readonly err: Writer
}

export interface Writer {
  write(text: string): void
  readonly paint: Paint
  /** Somebody looks at it. */
  readonly isTerminal: boolean
  /** Columns; undefined for files and pipes. */
  readonly width: number | undefined
}

interface Stream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export function terminalOf(streams: { stdout: Stream; stderr: Stream }, environment: Environment): Terminal {
  const writer = (stream: Stream): Writer => ({
    write: (text) => void stream.write(text),
    paint: paintFor(stream, environment),
    isTerminal: stream.isTTY === true,
    width: stream.isTTY ? stream.columns : undefined,
  })
  return { out: writer(streams.stdout), err: writer(streams.stderr) }
}

import { closeSync, openSync, writeSync } from 'node:fs'
import { Failure } from '../../output/failure.ts'
import type { Writer } from '../../output/terminal.ts'

/** Where results go: stdout, or a file. Both take what is written before the next batch of hits is asked for. */
export interface ResultSink {
  write(text: string): void
  close(): void
}

/** @throws Failure when the file cannot be made */
export function openSink(path: string | undefined, out: Writer): ResultSink {
  if (path === undefined) return { write: (text) => out.write(text), close() {} }
  let file: number
  try {
    file = openSync(path, 'w', 0o600)
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${(error as Error).message}`)
  }
  return {
    write(text) {
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at)
    },
    close: () => closeSync(file),
  }
}

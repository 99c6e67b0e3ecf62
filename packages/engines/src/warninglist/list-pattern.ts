import { RE2JS } from 're2js'
import { MAX_WRITTEN_OUT, writtenOutSize } from '../regex/index.ts'

const maxPatternLength = 2000

/** `/pattern/i` as lists write it, or the bare pattern, found in linear time; undefined when it cannot be compiled. */
export function compileListPattern(entry: string): RE2JS | undefined {
  if (entry.length > maxPatternLength || writtenOutSize(entry) > MAX_WRITTEN_OUT) return undefined
  const delimited = /^\/(.*)\/([a-z]*)$/s.exec(entry)
  const flags = delimited?.[2]?.includes('i') === false ? 0 : RE2JS.CASE_INSENSITIVE
  try {
    return RE2JS.compile(delimited?.[1]?.replaceAll('\\/', '/') ?? entry, flags)
  } catch {
    return undefined
  }
}

import type { Log } from './log.ts'
import { redact } from './redact.ts'

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A log that keeps its lines, redacted as the real one redacts them; for tests. */
export function memoryLog(): Log & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const logWith = (bound: Record<string, unknown>): Log => {
    const add = (level: LogLine['level']) => (message: string, fields?: Record<string, unknown>) =>
      void lines.push({ level, message, fields: redact({ ...bound, ...fields }) })
    return {
      debug: add('debug'),
      info: add('info'),
      warn: add('warn'),
      error: add('error'),
      child: (fields) => logWith({ ...bound, ...fields }),
    }
  }
  return { ...logWith({}), lines }
}

import { type DestinationStream, destination, type Logger, pino } from 'pino'
import type { Log } from './log.ts'
import { prettyLine } from './pretty.ts'
import { redact } from './redact.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export interface LogOptions {
  readonly level?: LogLevel
  /** One readable line instead of JSON. When absent: if stderr is a terminal. */
  readonly pretty?: boolean
  /** Where lines go; stderr when absent. */
  readonly write?: (line: string) => void
  /** Fields of every line, e.g. the process's name. */
  readonly fields?: Record<string, unknown>
}

function streamOf(options: LogOptions): DestinationStream {
  const pretty = options.pretty ?? (options.write === undefined && process.stderr.isTTY === true)
  // Written at once: the last lines before a crash are the ones that matter.
  const stderr = options.write ? undefined : destination({ fd: 2, sync: true })
  const write = options.write ?? ((line: string) => void stderr?.write(line))
  if (!pretty) return { write }
  return { write: (line) => write(`${prettyLine(line.trimEnd(), { colour: options.write === undefined })}\n`) }
}

const logOf = (logger: Logger): Log => ({
  debug: (message, fields) => logger.debug(fields ?? {}, message),
  info: (message, fields) => logger.info(fields ?? {}, message),
  warn: (message, fields) => logger.warn(fields ?? {}, message),
  error: (message, fields) => logger.error(fields ?? {}, message),
  child: (fields) => logOf(logger.child(redact(fields))),
})

/** The log of a process: JSON lines on stderr, or readable ones at a terminal; values of secret-looking fields are masked. */
export function createLog(options: LogOptions = {}): Log {
  const logger = pino(
    {
      level: options.level ?? 'info',
      messageKey: 'message',
      base: options.fields ? redact(options.fields) : {},
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: redact },
    },
    streamOf(options),
  )
  return logOf(logger)
}

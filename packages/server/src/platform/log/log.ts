/** Structured log lines. Field names are data (`alertId`, `durationMs`); never put a secret into one. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  /** A bug or a fault somebody must look at. */
  error(message: string, fields?: Record<string, unknown>): void
  child(fields: Record<string, unknown>): Log
}

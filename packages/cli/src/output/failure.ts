export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** By a signal, as shells have it. */ interrupted: 130,
} as const

/** Ends a command with words for people: what is wrong, and what to do about it. */
export class Failure extends Error {
  readonly remedy: string | undefined
  readonly exitCode: number

  constructor(message: string, more: { remedy?: string; exitCode?: number } = {}) {
    super(message)
    this.name = 'Failure'
    this.remedy = more.remedy
    this.exitCode = more.exitCode ?? exitCodes.failed
  }
}

/** The command was called wrongly. */
export const usageFailure = (message: string, remedy?: string): Failure =>
  new Failure(message, { exitCode: exitCodes.usage, ...(remedy ? { remedy } : {}) })

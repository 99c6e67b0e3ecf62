import type { Tx } from '../sql/sql.ts'

export interface JobRun<Input> {
  readonly id: string
  readonly input: Input
  /** 1 at the first try. */
  readonly attempt: number
  /** Aborted when the program stops or the job takes longer than allowed. */
  readonly signal: AbortSignal
  /** 0 to 1, with words for a person; shown in the interface. */
  progress(done: number, message?: string): Promise<void>
}

export interface JobDefinition<Input = unknown> {
  /** `module.verb`, e.g. `events.retain`. */
  readonly name: string
  /** Tries after the first; the pause doubles each time. Then the job is a dead letter. */
  readonly retries: number
  readonly timeoutSeconds: number
  /** How many may run at once in this process. */
  readonly concurrency: number
  /** Five-field cron in UTC: run by itself with `undefined` as input. */
  readonly cron?: string
  run(job: JobRun<Input>): Promise<unknown>
}

export interface JobView {
  readonly id: string
  readonly name: string
  readonly state: 'waiting' | 'running' | 'done' | 'retrying' | 'dead'
  readonly createdMs: number
  readonly startedMs?: number
  readonly endedMs?: number
  readonly progress: number
  readonly message?: string
  readonly error?: string
  readonly output?: unknown
}

/** The job queue, in SQL on either adapter. */
export interface Jobs {
  define<Input>(job: JobDefinition<Input>): void
  /** Enqueued within the caller's transaction when one is given, so that it runs if and only if that commits. `key` makes it unique while waiting or running. */
  enqueue<Input>(name: string, input: Input, options?: { db?: Tx; key?: string; startAtMs?: number }): Promise<string>
  get(id: string): Promise<JobView | undefined>
  list(filter: { name?: string; state?: JobView['state']; limit: number }): Promise<JobView[]>
  cancel(id: string): Promise<void>
  /** Puts a dead job back in the queue. */
  retry(id: string): Promise<void>
  /** Starts workers and schedules. Call once, after every `define`. */
  start(): Promise<void>
  /** Waits for running jobs up to the time, then aborts them; they are tried again after a restart. */
  stop(timeoutMs: number): Promise<void>
}

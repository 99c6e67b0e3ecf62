import { availableParallelism } from 'node:os'
import { Refusal } from '@watchfloor/contracts/kernel'
import type { Diagnostic, ruleTryResult } from '@watchfloor/contracts/rules'
import type { NormalisedEvent } from '@watchfloor/engines/event'
import type { z } from 'zod'
import type { Clock } from '../../platform/clock/clock.ts'
import { TaskCrashed, TaskTimeout, ThreadPool } from '../../platform/threads/pool.ts'
import type { ReadFile } from './model.ts'
import type {
  JoinedCorrelation,
  KeptEvent,
  MatchAnswer,
  NarrowedRule,
  ReaderAnswer,
  ReaderTask,
} from './reader.worker.ts'

/** Files read by one task; keeps a thread's answers small and its neighbours waiting briefly. */
const filesPerTask = 50
const timeoutMs = 20_000

type Explained = {
  stillMatches: boolean
  hits: z.infer<typeof ruleTryResult>['results'][number]['hits']
  condition: string
}

/** Reads, tries and explains rules on threads of its own: rules are untrusted text, and must not hold up anybody. */
export class RuleReader {
  readonly #clock: Clock
  readonly #pool: ThreadPool<ReaderTask, ReaderAnswer>

  constructor(clock: Clock) {
    this.#clock = clock
    this.#pool = new ThreadPool({
      file: new URL('./reader.worker.ts', import.meta.url),
      size: Math.max(1, Math.min(2, availableParallelism() - 1)),
      name: 'rule-reader',
      heapMb: 512,
      lazy: true,
      idleMs: 30_000,
    })
  }

  async read(files: readonly { path: string; text: string }[]): Promise<ReadFile[]> {
    const parts: { path: string; text: string }[][] = []
    for (let start = 0; start < files.length; start += filesPerTask)
      parts.push(files.slice(start, start + filesPerTask))
    const answers = await Promise.all(parts.map((part) => this.#ask({ kind: 'read', files: part })))
    return answers.flatMap((answer) => (answer.kind === 'read' ? answer.files : []))
  }

  async try(
    yaml: string,
    events: readonly (string | Record<string, unknown>)[],
  ): Promise<z.infer<typeof ruleTryResult>> {
    const lines = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)))
    const answer = await this.#ask({ kind: 'try', yaml, events: lines, receivedMs: this.#clock.now() })
    if (answer.kind !== 'try') throw new Error('the rule reader answered something else')
    return answer.result
  }

  async explain(rule: NarrowedRule, event: NormalisedEvent): Promise<Explained> {
    const answer = await this.#ask({ kind: 'explain', ...rule, event })
    if (answer.kind !== 'explain') throw new Error('the rule reader answered something else')
    return answer.explained
  }

  /** Whether a rule, narrowed by its filters, matches each of the events. */
  async match(rule: NarrowedRule, events: readonly KeptEvent[]): Promise<MatchAnswer[]> {
    if (events.length === 0) return []
    const answer = await this.#ask({ kind: 'match', rule, events })
    if (answer.kind !== 'match') throw new Error('the rule reader answered something else')
    return answer.answers
  }

  /** What is wrong with a correlation that can be seen only beside what it names. */
  async join(correlation: JoinedCorrelation): Promise<Diagnostic[]> {
    const answer = await this.#ask({ kind: 'join', ...correlation })
    if (answer.kind !== 'join') throw new Error('the rule reader answered something else')
    return answer.diagnostics
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  async #ask(task: ReaderTask): Promise<ReaderAnswer> {
    try {
      return await this.#pool.run(task, { timeoutMs })
    } catch (error) {
      if (error instanceof TaskTimeout || error instanceof TaskCrashed)
        throw new Refusal('UNPROCESSABLE', `the rules took too long to read or too much memory: ${error.message}`, {
          remedy: 'Send fewer or smaller files; look for very long lists, wildcards or regular expressions.',
        })
      throw error
    }
  }
}

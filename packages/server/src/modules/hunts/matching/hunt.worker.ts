import { serveTasks } from '../../../platform/threads/serve.ts'
import { type Matcher, makeMatcher } from './matchers.ts'
import type { HuntAnswer, HuntTask } from './messages.ts'

/** Compiled for the runs that this thread saw last. */
const matchers = new Map<string, Matcher>()
/** More than runs at once: one that keeps what it waits for must not be forgotten. */
const keptMatchers = 20

function matcherOf({ runId, wanted, anew }: HuntTask): Matcher | undefined {
  if (anew) matchers.delete(runId)
  const known = matchers.get(runId) ?? (wanted && makeMatcher(wanted))
  if (!known) return undefined
  // The newest last.
  matchers.delete(runId)
  matchers.set(runId, known)
  for (const [oldest] of matchers) if (matchers.size > keptMatchers) matchers.delete(oldest)
  return known
}

serveTasks<HuntTask, HuntAnswer>((task) => {
  const matcher = matcherOf(task)
  if (!matcher) return { value: { kind: 'ask' } }
  const hits = task.events.flatMap((event, row) => matcher(event, row))
  const correlated = matcher.correlated?.(task.endMs)
  return { value: { kind: 'found', hits, ...(correlated ? { correlated } : {}) } }
})

import type { NormalisedEvent } from '../event/index.ts'
import type { CompiledRule } from './compile.ts'
import { EventView, evaluate, holds } from './evaluate.ts'

/** Whether one rule matches one event, whatever log source the event is of: for trying and explaining rules. */
export function matchCompiled(rule: CompiledRule, event: Pick<NormalisedEvent, 'taxonomy' | 'raw'>): boolean {
  const view = new EventView(event)
  return evaluate(rule.expression, (test) => holds(test, view))
}

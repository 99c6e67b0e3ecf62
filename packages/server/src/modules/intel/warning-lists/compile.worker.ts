import { type CompiledWarningLists, compileWarningLists, type WarningListText } from '@watchfloor/engines/warninglist'
import { serveTasks } from '../../../platform/threads/serve.ts'

/** A list with its entries as one text, one a line: one string crosses threads many times faster than many. */
export interface CompileTask {
  readonly lists: readonly (Omit<WarningListText, 'entries'> & { readonly body: string })[]
}

serveTasks<CompileTask, CompiledWarningLists>(({ lists }) => ({
  value: compileWarningLists(
    lists.map(({ type, appliesTo, body }) => ({
      type,
      appliesTo,
      entries: body.split('\n').filter((entry) => entry !== ''),
    })),
  ),
}))

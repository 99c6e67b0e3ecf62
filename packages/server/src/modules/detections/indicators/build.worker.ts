import { indicatorType } from '@watchfloor/contracts/intel'
import { IndicatorIndexBuilder } from '@watchfloor/engines/indicator-index'
import { serveTasks } from '../../../platform/threads/serve.ts'
import type { BuildAnswer, BuildTask } from './messages.ts'

let builder: IndicatorIndexBuilder | undefined

const types = new Set<string>(indicatorType.options)
const isType = (text: string): text is (typeof indicatorType.options)[number] => types.has(text)

serveTasks<BuildTask, BuildAnswer>((task) => ({ value: answer(task) }))

function answer(task: BuildTask): BuildAnswer {
  if (task.kind === 'begin') {
    // What the index names is looked at in the database before anything is said, which confirms it.
    builder = new IndicatorIndexBuilder({ confirmation: 'by-store', seed: task.seed, shared: true })
    return { added: 0, refused: 0 }
  }
  if (!builder) throw new Error('no index was begun: the thread was replaced')
  switch (task.kind) {
    case 'lines':
      return addLines(builder, task.lines)
    case 'join': {
      builder.addIndex(task.index)
      return { added: task.index.count, refused: 0 }
    }
    case 'finish': {
      const index = builder.finish()
      builder = undefined
      return { added: 0, refused: 0, index }
    }
  }
}

function addLines(to: IndicatorIndexBuilder, lines: string): BuildAnswer {
  let added = 0
  let refused = 0
  for (const line of lines.split('\n')) {
    const [row, type = '', expiry, ...rest] = line.split('\t')
    const taken =
      isType(type) &&
      to.add({ type, value: rest.join('\t'), row: Number(row), expiryMinute: Math.min(Number(expiry), 0xffffffff) })
    if (taken) added++
    else refused++
  }
  return { added, refused }
}

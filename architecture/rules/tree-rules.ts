import type { Rule } from '../rule.ts'
import type { SourceTree, TreeFile } from '../source-tree.ts'
import { place } from './place.ts'

const vagueNames = /^(utils?|helpers?|commons?|misc|managers?)$/i
const longestLines = 500

export const treeRules: readonly Rule[] = [
  {
    name: 'references-resolve',
    why: 'a reference that leads nowhere would escape every other rule',
    *find(tree) {
      for (const edge of tree.edges)
        if (edge.to.kind === 'missing') yield place(edge, `no such source: ${edge.to.path}`)
    },
  },
  {
    name: 'no-cycles',
    why: 'files that import each other in a ring are one file in disguise, and start in an order nobody chose',
    *find(tree) {
      for (const ring of ringsIn(tree))
        yield { where: ring[0]?.path ?? '', message: `ring of imports: ${ring.map((file) => file.path).join(' → ')}` }
    },
  },
  {
    name: 'names-say-what',
    why: 'files and folders are named by concept: text/defang.ts, net/cidr.ts',
    *find(tree) {
      for (const file of tree.files) {
        const vague = file.path.split('/').find((word) => vagueNames.test(word.replace(/\..*$/, '')))
        if (vague) yield { where: file.path, message: `"${vague}" says nothing about what is in it` }
      }
    },
  },
  {
    name: 'files-small',
    why: 'a file is one concept that can be named',
    *find(tree) {
      for (const file of tree.files) {
        const lines = file.text.split('\n').length
        if (lines > longestLines && !/\.test\.tsx?$/.test(file.path))
          yield { where: file.path, message: `${lines} lines; at most ${longestLines}` }
      }
    },
  },
]

/** Groups of files that reach each other by imports that run (Tarjan's strongly connected components, without recursion). */
function ringsIn(tree: SourceTree): TreeFile[][] {
  const next = new Map(tree.files.map((file) => [file, runningTargets(file)]))
  const index = new Map<TreeFile, number>()
  const low = new Map<TreeFile, number>()
  const stack: TreeFile[] = []
  const onStack = new Set<TreeFile>()
  const rings: TreeFile[][] = []
  const enter = (file: TreeFile) => {
    index.set(file, index.size)
    low.set(file, index.size - 1)
    stack.push(file)
    onStack.add(file)
    return { file, targets: (next.get(file) ?? []).values() }
  }
  const lower = (file: TreeFile, value: number) => low.set(file, Math.min(low.get(file) ?? value, value))
  for (const start of tree.files) {
    if (index.has(start)) continue
    const path = [enter(start)]
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const step = at.targets.next()
      if (!step.done) {
        const target = step.value
        if (!index.has(target)) path.push(enter(target))
        else if (onStack.has(target)) lower(at.file, index.get(target) ?? 0)
        continue
      }
      path.pop()
      const above = path.at(-1)
      if (above) lower(above.file, low.get(at.file) ?? 0)
      if (low.get(at.file) === index.get(at.file)) {
        const ring = stack.splice(stack.indexOf(at.file))
        for (const file of ring) onStack.delete(file)
        if (ring.length > 1 || (next.get(at.file) ?? []).includes(at.file)) rings.push(ring)
      }
    }
  }
  return rings
}

const runningTargets = (file: TreeFile): TreeFile[] =>
  file.edges.flatMap((edge) => (edge.to.kind === 'file' && edge.reference.kind === 'import' ? [edge.to.file] : []))

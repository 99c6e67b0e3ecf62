import { ranks } from '../ranks.ts'
import type { Rule } from '../rule.ts'
import type { Edge, SourceTree, TreeFile } from '../source-tree.ts'
import { place } from './place.ts'

/** What of a module others may import: its door; processes and the list of modules also its manifest; tests also its builders. */
function isDoor(from: TreeFile, inside: string): boolean {
  if (inside === 'index.ts') return true
  if (inside === 'module.ts') return from.zone.layer === 'processes' || isModuleList(from)
  return from.zone.forTests && /^testing(\.ts$|\/)/.test(inside)
}

/** `modules/modules.ts`: the one list of them. */
const isModuleList = (file: TreeFile): boolean =>
  file.zone.package === 'server' && file.zone.layer === 'modules' && file.zone.part === ''

/** References that lead into a module from outside it. */
function* intoModules(tree: SourceTree): Iterable<{ edge: Edge; from: TreeFile; to: TreeFile }> {
  for (const edge of tree.edges) {
    if (edge.to.kind !== 'file') continue
    const to = edge.to.file
    if (to.zone.package !== 'server' || to.zone.layer !== 'modules' || to.zone.part === '') continue
    if (
      edge.from.zone.package === 'server' &&
      edge.from.zone.layer === 'modules' &&
      edge.from.zone.part === to.zone.part
    )
      continue
    yield { edge, from: edge.from, to }
  }
}

export const moduleRules: readonly Rule[] = [
  {
    name: 'module-door',
    why: 'what is behind the door (index.ts) can be changed without asking anybody',
    *find(tree) {
      for (const { edge, from, to } of intoModules(tree))
        if (!isDoor(from, to.zone.inside)) yield place(edge, `goes past the door of ${to.zone.part}: ${to.zone.inside}`)
    },
  },
  {
    name: 'module-ranks',
    why: 'a module calls strictly lower ranks; upward talk is an event whose schema lives in contracts',
    *find(tree) {
      for (const { edge, from, to } of intoModules(tree)) {
        if (from.zone.layer !== 'modules' || isModuleList(from)) continue
        const [own, other] = [ranks[from.zone.part], ranks[to.zone.part]]
        if (own !== undefined && other !== undefined && own <= other)
          yield place(edge, `${from.zone.part} (rank ${own}) may not import ${to.zone.part} (rank ${other})`)
      }
    },
  },
  {
    name: 'module-known',
    why: 'every module has a rank in architecture/ranks.ts',
    *find(tree) {
      const seen = new Set<string>()
      for (const file of tree.files) {
        const { package: name, layer, part } = file.zone
        if (name !== 'server' || layer !== 'modules' || part === '' || seen.has(part)) continue
        seen.add(part)
        if (ranks[part] === undefined) yield { where: file.path, message: `module ${part} has no rank` }
      }
    },
  },
]

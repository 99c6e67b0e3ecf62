import type { Rule } from '../rule.ts'
import type { Edge, PackageName, SourceTree } from '../source-tree.ts'
import { place } from './place.ts'

/** Layers of the server: which others each may import. Tests may also use what they stand on. */
const serverMay: Readonly<Record<string, readonly string[]>> = {
  platform: ['platform'],
  adapters: ['adapters', 'platform'],
  modules: ['modules', 'platform'],
  connectors: ['connectors', 'modules', 'platform'],
  // What the demo plays: records and rules, which know nothing of the server that takes them.
  demo: ['demo'],
  processes: ['processes', 'demo', 'modules', 'adapters', 'connectors', 'platform'],
  testing: ['testing', 'processes', 'demo', 'modules', 'adapters', 'connectors', 'platform'],
}
const serverTestsMay = ['adapters', 'processes', 'testing']

function* inside(tree: SourceTree, name: PackageName): Iterable<{ edge: Edge; from: Edge['from']; to: Edge['from'] }> {
  for (const edge of tree.edges)
    if (edge.from.zone.package === name && edge.to.kind === 'file' && edge.to.file.zone.package === name)
      yield { edge, from: edge.from, to: edge.to.file }
}

export const folderRules: readonly Rule[] = [
  {
    name: 'server-layers',
    why: 'adapters and connectors are named by processes alone, so that the same modules run embedded and scaled',
    *find(tree) {
      for (const { edge, from, to } of inside(tree, 'server')) {
        const may = serverMay[from.zone.layer]
        const forTests = from.zone.forTests && serverTestsMay.includes(to.zone.layer)
        if (!may) yield place(edge, `${from.zone.layer || 'a file outside every layer'} is no layer of the server`)
        else if (!may.includes(to.zone.layer) && !forTests)
          yield place(edge, `${from.zone.layer} may not import ${to.zone.layer}`)
      }
    },
  },
  {
    name: 'contracts-stand-alone',
    why: 'the contracts of two modules that import each other would tie the modules together; what all share is the kernel',
    *find(tree) {
      for (const { edge, from, to } of inside(tree, 'contracts'))
        if (from.zone.layer !== to.zone.layer && to.zone.layer !== 'kernel')
          yield place(edge, `${from.zone.layer} may not import ${to.zone.layer}; contracts share the kernel only`)
    },
  },
  {
    name: 'features-apart',
    why: 'a page that imports another page cannot be changed alone; what both need belongs to ui',
    *find(tree) {
      for (const { edge, from, to } of inside(tree, 'web'))
        if (from.zone.layer === 'features' && to.zone.layer === 'features' && from.zone.part !== to.zone.part)
          yield place(edge, `features/${from.zone.part} may not import features/${to.zone.part}`)
    },
  },
  {
    name: 'ui-below',
    why: 'parts of the interface know nothing of the pages that use them',
    *find(tree) {
      for (const { edge, from, to } of inside(tree, 'web'))
        if (from.zone.layer === 'ui' && to.zone.layer !== 'ui') yield place(edge, `ui may not import ${to.zone.layer}`)
    },
  },
  {
    name: 'test-code-apart',
    why: 'builders and suites for tests are no part of the program',
    *find(tree) {
      for (const edge of tree.edges)
        if (!edge.from.zone.forTests && edge.to.kind === 'file' && edge.to.file.zone.forTests)
          yield place(edge, `imports test code: ${edge.to.file.path}`)
    },
  },
]

import type { Rule } from '../rule.ts'
import type { Edge, PackageName, SourceTree } from '../source-tree.ts'
import { place } from './place.ts'

/** Which of our packages each may import; of the server, others see `processes` alone. */
const packageMay: Readonly<Record<PackageName, readonly PackageName[]>> = {
  contracts: [],
  engines: ['contracts'],
  server: ['contracts', 'engines'],
  client: ['contracts'],
  web: ['client', 'contracts'],
  cli: ['client', 'contracts', 'engines', 'server'],
}

/** npm packages of the packages that must stay small. Engines: pure ones only. */
const npmMay: Readonly<Partial<Record<PackageName, ReadonlySet<string>>>> = {
  contracts: new Set(['zod']),
  engines: new Set(['zod', 'yaml', 're2js', 'ipaddr.js', 'tldts', 'ae-cvss-calculator', '@noble/hashes']),
  client: new Set(['openapi-fetch']),
}

/** Run in browsers too, or are pure: nothing of Node in them. */
const withoutNode = new Set<PackageName>(['contracts', 'engines', 'client', 'web'])

function* between(tree: SourceTree): Iterable<{ edge: Edge; from: PackageName; to: PackageName }> {
  for (const edge of tree.edges)
    if (edge.to.kind === 'file' && edge.to.file.zone.package !== edge.from.zone.package)
      yield { edge, from: edge.from.zone.package, to: edge.to.file.zone.package }
}

export const packageRules: readonly Rule[] = [
  {
    name: 'packages-downward',
    why: 'packages import downward only: see the picture in ARCHITECTURE.md',
    *find(tree) {
      for (const { edge, from, to } of between(tree)) {
        if (!packageMay[from].includes(to)) yield place(edge, `${from} may not import ${to}`)
        else if (
          from === 'cli' &&
          to === 'server' &&
          edge.to.kind === 'file' &&
          edge.to.file.zone.layer !== 'processes'
        )
          yield place(edge, 'of the server, the command line sees processes only')
      }
    },
  },
  {
    name: 'packages-by-name',
    why: 'another package is imported by its name, so that its exports decide what is public',
    *find(tree) {
      for (const { edge } of between(tree))
        if (edge.reference.specifier.startsWith('.'))
          yield place(edge, `reaches into another package: ${edge.reference.specifier}`)
    },
  },
  {
    name: 'npm-allowed',
    why: 'contracts, engines and client stand on few packages; a new one is a decision, made in this list',
    *find(tree) {
      for (const edge of tree.edges) {
        if (edge.to.kind !== 'npm' || edge.from.zone.forTests) continue
        const allowed = npmMay[edge.from.zone.package]
        if (allowed && !allowed.has(edge.to.name))
          yield place(edge, `${edge.from.zone.package} may not import ${edge.to.name}`)
      }
    },
  },
  {
    name: 'no-node-outside-server',
    why: 'contracts, engines, client and web run in browsers or are pure; files, network and processes are arguments there',
    *find(tree) {
      for (const edge of tree.edges)
        if (edge.to.kind === 'node' && !edge.from.zone.forTests && withoutNode.has(edge.from.zone.package))
          yield place(edge, `${edge.from.zone.package} may not import node:${edge.to.name}`)
    },
  },
]

import type ts from 'typescript'
import { lineOf } from '../source-file.ts'
import type { Edge, TreeFile } from '../source-tree.ts'

/** A finding at the line of a reference. */
export const place = (edge: Edge, message: string) => ({
  where: `${edge.from.path}:${edge.reference.line}`,
  message,
})

/** A finding at the line of a node. */
export const placeOf = (file: TreeFile, node: ts.Node, message: string) => ({
  where: `${file.path}:${lineOf(file.ast, node)}`,
  message,
})

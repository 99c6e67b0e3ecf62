import ts from 'typescript'
import type { Rule } from '../rule.ts'
import { visit } from '../source-file.ts'
import type { TreeFile } from '../source-tree.ts'
import { placeOf } from './place.ts'

/** What makes the answer of a pure function depend on when or where it runs. */
function impurity(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText()
    if (['Date.now', 'Math.random', 'performance.now', 'crypto.getRandomValues', 'crypto.randomUUID'].includes(text))
      return text
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'new Date()'
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    const name = node.expression.text
    if (name === 'Date') return 'Date()'
    if (/^(setTimeout|setInterval|setImmediate|queueMicrotask|fetch)$/.test(name)) return name
  }
  if (ts.isIdentifier(node) && isGlobalUse(node) && /^(Buffer|globalThis)$/.test(node.text)) return node.text
  return undefined
}

/** `Buffer.from(…)`: the compiler, which knows no such globals here, sees the rest. */
const isGlobalUse = (node: ts.Identifier): boolean =>
  ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node

const readsEnvironment = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) &&
  node.name.text === 'env' &&
  /^(process|globalThis\.process)$/.test(node.expression.getText())

/** The one place per program that reads the environment. */
const mayReadEnvironment = (file: TreeFile): boolean =>
  file.path.startsWith('packages/server/src/platform/config/') || file.path.startsWith('packages/cli/src/config/')

export const codeRules: readonly Rule[] = [
  {
    name: 'engines-pure',
    why: 'time, randomness and I/O are arguments of pure code; the same input gives the same answer, in tests and in replays',
    *find(tree) {
      for (const file of tree.files) {
        if (file.zone.package !== 'engines' || file.zone.forTests) continue
        yield* collect(file, (node) => {
          const what = impurity(node)
          return what && `${what}: take it as an argument`
        })
      }
    },
  },
  {
    name: 'environment-in-config',
    why: 'settings are read, checked and documented in one place',
    *find(tree) {
      for (const file of tree.files) {
        if (file.zone.forTests || mayReadEnvironment(file)) continue
        yield* collect(file, (node) => (readsEnvironment(node) ? 'process.env is read in config only' : undefined))
      }
    },
  },
]

function collect(file: TreeFile, look: (node: ts.Node) => string | undefined) {
  const found: { where: string; message: string }[] = []
  visit(file.ast, (node) => {
    const message = look(node)
    if (message) found.push(placeOf(file, node, message))
  })
  return found
}

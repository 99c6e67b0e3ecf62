import ts from 'typescript'
import type { Rule } from '../rule.ts'
import { visit } from '../source-file.ts'
import { placeOf } from './place.ts'

const doors = /^(outgoing|blobs|bus)$/

/** The function given to `….tx(async (db) => …)`. */
function transactionBody(node: ts.Node): ts.Node | undefined {
  if (!ts.isCallExpression(node)) return undefined
  const callee = node.expression
  const isTx = ts.isPropertyAccessExpression(callee)
    ? callee.name.text === 'tx'
    : ts.isIdentifier(callee) && callee.text === 'tx'
  const work = node.arguments[0]
  return isTx && work && (ts.isArrowFunction(work) || ts.isFunctionExpression(work)) ? work.body : undefined
}

/** I/O, or a handle from outside, inside a transaction. */
function outside(node: ts.Node): string | undefined {
  if (ts.isCallExpression(node)) {
    if (ts.isIdentifier(node.expression) && node.expression.text === 'fetch') return 'fetch'
    if (transactionBody(node)) return 'a transaction inside a transaction'
    const receiver = ts.isPropertyAccessExpression(node.expression) && lastName(node.expression.expression)
    if (receiver && doors.test(receiver)) return node.expression.getText()
  }
  if (ts.isPropertyAccessExpression(node) && lastName(node.expression) === 'sql' && /^(db|raw)$/.test(node.name.text))
    return node.getText()
  return undefined
}

function lastName(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node)) return node.text
  return ts.isPropertyAccessExpression(node) ? node.name.text : undefined
}

export const transactionRules: readonly Rule[] = [
  {
    name: 'transactions-closed',
    why: 'on PGlite the outer handle waits for the transaction that waits for it; I/O holds locks for as long as the network likes',
    *find(tree) {
      for (const file of tree.files) {
        if (file.zone.package !== 'server' || file.zone.forTests) continue
        const found: { where: string; message: string }[] = []
        visit(file.ast, (node) => {
          const body = transactionBody(node)
          if (!body) return
          visit(body, (inner) => {
            const what = outside(inner)
            if (what) found.push(placeOf(file, inner, `${what} inside a transaction`))
          })
        })
        yield* found
      }
    },
  },
]

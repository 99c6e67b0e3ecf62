import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { lineOf, visit } from '../../architecture/source-file.ts'

/** What Node 12 cannot read, in files that have to run on it before anything newer is there. */
export function tooNewIn(path: string, text: string): string[] {
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS)
  const found: string[] = []
  visit(ast, (node) => {
    const what = tooNew(node)
    if (what) found.push(`${path}:${lineOf(ast, node)} ${what} is newer than Node 12`)
  })
  return found
}

function tooNew(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.QuestionDotToken) return '?.'
  if (ts.isBinaryExpression(node) && /^(\?\?|\|\||&&)=$|^\?\?$/.test(node.operatorToken.getText()))
    return node.operatorToken.getText() === '||' ? undefined : node.operatorToken.getText()
  if (ts.isStringLiteral(node) && node.text.startsWith('node:')) return node.text
  if (ts.isPrivateIdentifier(node)) return node.text
  if (ts.isPropertyAccessExpression(node) && /^(at|replaceAll|hasOwn|groupBy|toSorted)$/.test(node.name.text))
    return `.${node.name.text}`
  return undefined
}

/** The same for all scripts of a folder. @error throws when there are none: then nothing would be checked */
export function tooNewBelow(folder: string): string[] {
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.cjs'))
  if (scripts.length === 0) throw new Error(`no scripts in ${folder}`)
  return scripts.flatMap((name) => tooNewIn(name, readFileSync(join(folder, name), 'utf8')))
}

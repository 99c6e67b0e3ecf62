import ts from 'typescript'

/** One reference from a file to another: an import, a re-export, `import()`, or `new URL('./x.ts', import.meta.url)`. */
export interface Reference {
  readonly specifier: string
  readonly line: number
  /** `type`: erased before the program runs. `thread`: started, not loaded. */
  readonly kind: 'import' | 'type' | 'thread'
}

export interface SourceFile {
  /** Relative to the root of the tree, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly ast: ts.SourceFile
  readonly references: readonly Reference[]
}

/** Reads one file with the compiler's own parser. */
export function parseSource(path: string, text: string): SourceFile {
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const references: Reference[] = []
  const add = (node: ts.Node, specifier: ts.Node | undefined, kind: Reference['kind']) => {
    if (specifier && ts.isStringLiteralLike(specifier))
      references.push({ specifier: specifier.text, line: lineOf(ast, node), kind })
  }
  visit(ast, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeImport(node) ? 'type' : 'import')
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly ? 'type' : 'import')
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, 'type')
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node, node.arguments[0], 'import')
    else if (isModuleUrl(node)) add(node, node.arguments?.[0], 'thread')
  })
  return { path, text, ast, references }
}

/** Every node below `node`, itself first. */
export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  ts.forEachChild(node, (child) => visit(child, look))
}

export const lineOf = (ast: ts.SourceFile, node: ts.Node): number =>
  ast.getLineAndCharacterOfPosition(node.getStart(ast)).line + 1

function isTypeImport(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause
  if (!clause) return false
  if (clause.isTypeOnly) return true
  const named = clause.namedBindings
  return (
    !clause.name &&
    !!named &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((e) => e.isTypeOnly)
  )
}

/** `new URL('./plan.worker.ts', import.meta.url)`: how threads name their file. Addresses and folders are none of ours. */
function isModuleUrl(node: ts.Node): node is ts.NewExpression {
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'URL') return false
  const [first, second] = node.arguments ?? []
  return (
    !!first &&
    ts.isStringLiteralLike(first) &&
    /^\.\.?\/.*\.[cm]?tsx?$/.test(first.text) &&
    second?.getText() === 'import.meta.url'
  )
}

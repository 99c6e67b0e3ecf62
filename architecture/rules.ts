import type { Rule, Violation } from './rule.ts'
import { codeRules } from './rules/code-rules.ts'
import { folderRules } from './rules/folder-rules.ts'
import { moduleRules } from './rules/module-rules.ts'
import { packageRules } from './rules/package-rules.ts'
import { transactionRules } from './rules/transaction-rules.ts'
import { treeRules } from './rules/tree-rules.ts'
import type { SourceTree } from './source-tree.ts'

/** All laws of the house. */
export const rules: readonly Rule[] = [
  ...packageRules,
  ...folderRules,
  ...moduleRules,
  ...treeRules,
  ...codeRules,
  ...transactionRules,
]

/** Everything in the tree that breaks a law, in order of rule and place. */
export function violationsIn(tree: SourceTree): Violation[] {
  return rules.flatMap((rule) => [...rule.find(tree)].map((found) => ({ rule: rule.name, ...found })))
}

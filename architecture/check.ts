// Checks the house: node architecture/check.ts
import { fileURLToPath } from 'node:url'
import { rules, violationsIn } from './rules.ts'
import { readSourceTree } from './source-tree.ts'

const tree = readSourceTree(fileURLToPath(new URL('..', import.meta.url)))
const violations = violationsIn(tree)
for (const rule of rules) {
  const broken = violations.filter((violation) => violation.rule === rule.name)
  if (broken.length === 0) continue
  console.log(`${rule.name}: ${rule.why}`)
  for (const { where, message } of broken) console.log(`  ${where}  ${message}`)
}
console.log(
  `${tree.files.length} files, ${tree.edges.length} references, ${rules.length} rules: ${violations.length} violations`,
)
process.exitCode = violations.length ? 1 : 0

// Links of the documentation, and the syntax of the scripts for old Node: node tooling/checks/documents.ts
import { join } from 'node:path'
import { root } from '../program.ts'
import { brokenLinks } from './links.ts'
import { tooNewBelow } from './old-node.ts'

const { pages, links, broken } = brokenLinks(root)
for (const { where, target } of broken) console.log(`${where} leads nowhere: ${target}`)
const tooNew = tooNewBelow(join(root, 'bootstrap'))
for (const line of tooNew) console.log(`bootstrap/${line}`)
console.log(`${pages} pages, ${links} links, ${broken.length} broken; ${tooNew.length} places too new for old Node`)
process.exitCode = broken.length + tooNew.length ? 1 : 0

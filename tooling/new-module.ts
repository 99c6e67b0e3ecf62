// npm run new:module NAME: a working module to start from: contract, manifest, routes, service, store, migration, test.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { ranks } from '../architecture/ranks.ts'
import { withModule } from './new-module/module-list.ts'
import { namesOf } from './new-module/names.ts'
import { templates } from './new-module/templates.ts'
import { root, runHere } from './program.ts'

const listFile = join(root, 'packages/server/src/modules/modules.ts')

function fail(message: string): never {
  console.error(`new:module: ${message}`)
  process.exit(2)
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  console.log(`made ${path}`)
}

async function make(name: string): Promise<void> {
  const names = namesOf(name)
  if (ranks[name] === undefined)
    fail(`${name} has no rank; add it to architecture/ranks.ts (what it calls must rank lower), then run this again`)
  if (ranks[name] === 0) fail('rank 0 is below the audit log, which a new module writes')
  const files = templates(names, new Date().toISOString().slice(0, 10))
  const there = Object.keys(files).find((path) => existsSync(join(root, path)))
  if (there) fail(`${there} is there already`)
  const list = withModule(readFileSync(listFile, 'utf8'), names, ranks)
  for (const [path, text] of Object.entries(files)) write(path, text)
  writeFileSync(listFile, list)
  console.log('changed packages/server/src/modules/modules.ts')
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const formatted = await runHere(process.execPath, [biome, 'check', '--write', ...Object.keys(files), listFile])
  const generated = await runHere(process.execPath, [join(root, 'tooling/gen.ts')])
  process.exitCode = formatted || generated
  if (process.exitCode === 0) console.log(`try it: npm test -- packages/server/src/modules/${name}`)
}

const { positionals } = parseArgs({ allowPositionals: true })
const [name, ...more] = positionals
if (!name || more.length > 0) fail('usage: npm run new:module NAME')
try {
  await make(name)
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}

// npm run gen [-- WORD…]: writes generated files, or those with a word in their path; with --check only says which are stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { artifacts } from './gen/artifacts.ts'
import { root } from './program.ts'

const checkOnly = process.argv.includes('--check')
const words = process.argv.slice(2).filter((word) => word !== '--check')
const wantedHere = (path: string) => words.length === 0 || words.some((word) => path.includes(word))

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

for (const artifact of artifacts().filter(({ path }) => wantedHere(path))) {
  const file = join(root, artifact.path)
  const wanted = await artifact.make()
  const fresh = textOf(file) === wanted
  if (!fresh && !checkOnly) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, wanted)
  }
  if (!fresh && checkOnly) process.exitCode = 1
  console.log(`${artifact.path}: ${fresh ? 'as generated' : checkOnly ? 'stale; run: npm run gen' : 'written'}`)
}
// What a route's module opened when it was read must not keep this alive.
process.exit()

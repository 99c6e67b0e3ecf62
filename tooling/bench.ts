// npm run bench [-- NAME… [-- ARGS…]]: runs bench/NAME.ts, or all of them, one after the other, and prints one JSON object.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { basename, join } from 'node:path'
import { root } from './program.ts'

const folder = join(root, 'bench')
const words = process.argv.slice(2)
const cut = words.includes('--') ? words.indexOf('--') : words.length
const asked = words.slice(0, cut)
const passedOn = words.slice(cut + 1)
const all = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => basename(name, '.ts'))
  : []

/** Progress goes to the terminal; what is on stdout is the result: one JSON document. */
function measure(name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(folder, `${name}.ts`), ...passedOn], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`bench/${name}.ts ended with ${code}`))
      try {
        resolve(JSON.parse(text))
      } catch {
        reject(new Error(`bench/${name}.ts printed no JSON: ${text.slice(0, 200)}`))
      }
    })
  })
}

const unknown = asked.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(', ')}; there are: ${all.join(', ')}`)
  process.exit(2)
}
const results: Record<string, unknown> = {}
for (const name of asked.length ? asked : all) {
  console.error(`bench: ${name}`)
  results[name] = await measure(name).catch((error: Error) => {
    process.exitCode = 1
    return { error: error.message }
  })
}
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryMb: Math.round(totalmem() / 1024 ** 2),
  platform: `${process.platform}-${process.arch}`,
  node: process.version,
}
console.log(JSON.stringify({ machine, results }, null, 2))

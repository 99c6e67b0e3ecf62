// npm run dev: the server, restarted at every change, and Vite in front of it, reloading the page. Arguments go to the server.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './program.ts'

const serverPort = process.env.WATCHFLOOR_PORT ?? '8700'
const webPort = process.env.WATCHFLOOR_WEB_PORT ?? '8710'
const children = [
  start(['--watch', '--watch-preserve-output', 'packages/server/src/processes/all.ts', ...process.argv.slice(2)]),
  start([join('node_modules', 'vite', 'bin', 'vite.js'), 'packages/web']),
]
console.error(`watchfloor: develop on http://127.0.0.1:${webPort} (the API answers on port ${serverPort})`)

function start(args: readonly string[]) {
  const env = { ...process.env, WATCHFLOOR_URL: `http://127.0.0.1:${serverPort}`, WATCHFLOOR_WEB_PORT: webPort }
  return spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' })
}

let ending = false
function endAll(signal: NodeJS.Signals): void {
  ending = true
  for (const child of children) child.kill(signal)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => endAll(signal))
for (const child of children) {
  child.on('exit', (code) => {
    // One without the other helps nobody.
    if (!ending) process.exitCode = code ?? 1
    endAll('SIGTERM')
  })
}
